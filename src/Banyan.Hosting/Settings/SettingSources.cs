using System.Collections;
using System.Text.Json;
using Banyan.Contracts;

namespace Banyan.Hosting.Settings;

/// <summary>Reads settings from where users write them: a file, the environment, the command line.</summary>
public static class SettingSources
{
    private const string Prefix = "BANYAN__";

    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>
    /// Adds what every Banyan process reads, weakest first: the named file, or <c>banyan.json</c> in the data directory when it is there; the environment; the
    /// command line.
    /// </summary>
    public static SettingSet AddStandard(this SettingSet settings, string? file, IDictionary environment, IReadOnlyCollection<KeyValuePair<string, string>> flags)
    {
        if (file is null)
        {
            var data = new SettingSet().AddEnvironment(environment).AddFlags(flags).Find("host.data")?.Value ?? DataDirectory.Default;
            var usual = Path.Combine(data, "banyan.json");
            file = File.Exists(usual) ? usual : null;
        }

        return (file is null ? settings : settings.AddFile(file)).AddEnvironment(environment).AddFlags(flags);
    }

    /// <summary>Adds a JSON file: an object a section.</summary>
    /// <exception cref="HostStartException">It cannot be read or is not JSON; the message gives line and column.</exception>
    public static SettingSet AddFile(this SettingSet settings, string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), Lenient);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw Bad($"The configuration file '{path}' must be a JSON object with one member a section, for example {{ \"host\": {{ \"http\": \"127.0.0.1:7400\" }} }}.");
            }

            Flatten(settings, document.RootElement, string.Empty, $"file {path}");
            return settings;
        }
        catch (JsonException e)
        {
            throw Bad($"The configuration file '{path}' is not JSON: line {e.LineNumber + 1}, column {e.BytePositionInLine + 1}. Correct it there.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Bad($"The configuration file '{path}' cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Adds every environment variable <c>BANYAN__SECTION__KEY</c>.</summary>
    public static SettingSet AddEnvironment(this SettingSet settings, IDictionary variables)
    {
        foreach (DictionaryEntry variable in variables)
        {
            var name = (string)variable.Key;
            if (name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && name.Length > Prefix.Length)
            {
                var key = name[Prefix.Length..].Replace("__", ".", StringComparison.Ordinal).ToLowerInvariant();
                settings.Set(new(key, (string?)variable.Value ?? string.Empty, SettingSource.Environment, $"environment variable {name}"));
            }
        }

        return settings;
    }

    /// <summary>Adds what the command line says.</summary>
    public static SettingSet AddFlags(this SettingSet settings, IEnumerable<KeyValuePair<string, string>> values)
    {
        foreach (var (key, value) in values)
        {
            settings.Set(new(key, value, SettingSource.Flag, "command line"));
        }

        return settings;
    }

    private static void Flatten(SettingSet settings, JsonElement element, string key, string origin)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    Flatten(settings, member.Value, key.Length == 0 ? member.Name : $"{key}.{member.Name}", origin);
                }

                break;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in element.EnumerateArray())
                {
                    Flatten(settings, item, $"{key}.{index++}", origin);
                }

                break;
            case JsonValueKind.Null:
                break;
            default:
                settings.Set(new(key, element.ValueKind == JsonValueKind.String ? element.GetString()! : element.GetRawText(), SettingSource.File, origin));
                break;
        }
    }

    private static HostStartException Bad(string message, Exception? inner = null) => new(HostErrors.BadSettings, ExitCodes.InvalidInput, message, inner);
}
