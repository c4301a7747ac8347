using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Banyan.Cli.Yaml;

/// <summary>What a plain scalar means in YAML's core schema (1.2): <c>yes</c> and <c>012</c> are a word and twelve, quoted scalars are always text.</summary>
internal static class YamlScalars
{
    public static bool IsNull(YamlNode node) =>
        node is YamlScalarNode { Style: ScalarStyle.Plain } scalar && scalar.Value is null or "" or "~" or "null" or "Null" or "NULL" && IsPlain(node);

    public static bool IsPlain(YamlNode node) => node is YamlScalarNode { Style: ScalarStyle.Plain or ScalarStyle.Any };

    public static bool? AsBoolean(YamlScalarNode scalar) => !IsPlain(scalar) ? null : scalar.Value switch
    {
        "true" or "True" or "TRUE" => true,
        "false" or "False" or "FALSE" => false,
        _ => null,
    };

    public static long? AsInteger(YamlScalarNode scalar) =>
        IsPlain(scalar) && long.TryParse(scalar.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    public static JsonNode? ToJson(YamlScalarNode scalar)
    {
        if (IsNull(scalar))
        {
            return null;
        }

        if (AsBoolean(scalar) is { } flag)
        {
            return JsonValue.Create(flag);
        }

        if (AsInteger(scalar) is { } number)
        {
            return JsonValue.Create(number);
        }

        return IsPlain(scalar) && LooksLikeNumber(scalar.Value!)
            && double.TryParse(scalar.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real)
                ? JsonValue.Create(real)
                : JsonValue.Create(scalar.Value);
    }

    /// <summary>True when written plainly this text would be read as something else than text.</summary>
    public static bool NeedsQuotes(string text) =>
        text.Length == 0 || ToJson(new YamlScalarNode(text)) is not JsonValue value || !value.TryGetValue(out string? _);

    private static bool LooksLikeNumber(string text) => char.IsAsciiDigit(text[0]) || (text.Length > 1 && text[0] is '-' or '+' or '.' && (char.IsAsciiDigit(text[1]) || text[1] == '.'));
}
