using System.CommandLine;
using System.Globalization;
using Banyan.Cli.Platform;

namespace Banyan.Cli.Commands;

/// <summary><c>banyan sidecar</c>: the target <c>sidecar</c> with the options of one service, and the server it belongs to.</summary>
internal static class SidecarCommand
{
    private const int GrpcPort = 7401;

    public static Command Create(CliContext context)
    {
        var service = new Argument<string?>("service") { Description = "Whose sidecar this is: SERVICE or SERVICE.DOMAIN (BANYAN_SERVICE, BANYAN_DOMAIN)", Arity = ArgumentArity.ZeroOrOne };
        var grpc = new Option<string?>("--grpc") { Description = "The server's gRPC address (BANYAN_GRPC; else the host of --server with port 7401)", HelpName = "URL" };
        var admin = new Option<string>("--admin") { Description = "Where /readyz and /metrics answer", DefaultValueFactory = _ => "127.0.0.1:0", HelpName = "HOST:PORT" };
        var config = new Option<string?>("--config") { Description = "Configuration file", HelpName = "FILE" };
        var set = new Option<string[]>("--set") { Description = "One setting by its dotted name; may be repeated", HelpName = "NAME=VALUE" };
        (Option<string[]> Option, string Setting)[] own =
        [
            (Several("--outbound", "Where the program calls services by name, as through an HTTP proxy; may be repeated (127.0.0.1:15001)", "ADDRESS"), "sidecar.outbound"),
            (Several("--port", "A port that leads to one service; may be repeated", "PORT=SERVICE"), "sidecar.ports"),
            (Several("--inbound", "Where others call the program", "ADDRESS"), "sidecar.inbound"),
            (Several("--app", "Where the program itself listens: HOST:PORT or unix:/path (127.0.0.1:5000)", "ADDRESS"), "sidecar.app"),
            (Several("--advertise", "What callers connect to, when it is not --inbound", "HOST:PORT"), "sidecar.advertise"),
        ];
        var command = new Command("sidecar", "Run beside one program: its calls to services by name, and theirs to it") { service, grpc, admin, config, set };
        foreach (var (option, _) in own)
        {
            command.Add(option);
        }

        command.SetAction((parsed, cancellation) =>
        {
            var server = context.ServerAddress(parsed);
            var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
            {
                ["host.http"] = parsed.GetValue(admin)!,
                ["host.grpc"] = "127.0.0.1:0",
                ["sidecar.server"] = server.ToString(),
                ["registry.address"] = (parsed.GetValue(grpc) ?? Variable("BANYAN_GRPC") ?? string.Create(CultureInfo.InvariantCulture, $"{server.Scheme}://{server.Host}:{GrpcPort}")).TrimEnd('/'),
            };
            if (context.FindTokenFile(parsed) is { } token)
            {
                values["host.tokenFile"] = token;
            }

            if ((parsed.GetValue(service) ?? Named(Variable("BANYAN_SERVICE"), Variable("BANYAN_DOMAIN"))) is { } name)
            {
                values["sidecar.service"] = name;
            }

            foreach (var (option, setting) in own)
            {
                if (parsed.GetValue(option) is { Length: > 0 } written)
                {
                    values[setting] = string.Join(',', written);
                }
            }

            foreach (var (setting, value) in SettingsOptions.Parse(parsed.GetValue(set) ?? []))
            {
                values[setting] = value;
            }

            return context.Platform.RunServerAsync(
                new PlatformSettings { Target = "sidecar", ConfigurationFile = parsed.GetValue(config) is { } file ? context.Io.FullPath(file) : null, Values = values },
                cancellation);
        });
        return command;

        string? Variable(string name) => context.Io.Variable(name) is { Length: > 0 } text ? text : null;

        static string? Named(string? service, string? domain) => service is null || domain is null ? service : $"{service}.{domain}";
    }

    private static Option<string[]> Several(string name, string description, string form) => new(name) { Description = description, HelpName = form, AllowMultipleArgumentsPerToken = false };
}
