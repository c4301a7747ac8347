using System.CommandLine;
using Banyan.Cli.Platform;
using Banyan.Contracts;

namespace Banyan.Cli.Commands;

/// <summary><c>banyan server</c>: the platform, or some of its modules, as a process of its own.</summary>
internal static class ServerCommand
{
    public static Command Create(CliContext context)
    {
        var settings = new SettingsOptions();
        var command = new Command("server", "Run the platform, or with --target some of its modules");
        settings.AddTo(command);
        command.SetAction((parsed, cancellation) => context.Platform.RunServerAsync(settings.Read(parsed, context), cancellation));
        return command;
    }
}

/// <summary>The options of every command that starts or explains a platform.</summary>
internal sealed class SettingsOptions
{
    private readonly Option<string> _target = new("--target") { Description = "'all' or a comma list of modules; 'banyan targets' lists them", DefaultValueFactory = _ => "all" };
    private readonly Option<string?> _config = new("--config") { Description = "Configuration file", HelpName = "FILE" };
    private readonly Option<string?> _data = new("--data") { Description = "Data directory (setting host.data)", HelpName = "DIR" };
    private readonly Option<string[]> _set = new("--set") { Description = "One setting by its dotted name; may be repeated", HelpName = "NAME=VALUE", AllowMultipleArgumentsPerToken = false };

    public void AddTo(Command command)
    {
        command.Add(_target);
        command.Add(_config);
        command.Add(_data);
        command.Add(_set);
    }

    public PlatformSettings Read(ParseResult parsed, CliContext context)
    {
        var values = Parse(parsed.GetValue(_set) ?? []);
        if (parsed.GetValue(_data) is { } data)
        {
            values["host.data"] = context.Io.FullPath(data);
        }

        return new PlatformSettings
        {
            Target = parsed.GetValue(_target)!,
            ConfigurationFile = parsed.GetValue(_config) is { } file ? context.Io.FullPath(file) : null,
            Values = values,
        };
    }

    public static Dictionary<string, string> Parse(IEnumerable<string> written)
    {
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var text in written)
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new BanyanException(CliErrors.BadArgument, $"'--set {text}' has no value. Write --set NAME=VALUE, for example --set gateway.http=127.0.0.1:8080.");
            }

            values[text[..equals]] = text[(equals + 1)..];
        }

        return values;
    }
}
