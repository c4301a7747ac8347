using System.CommandLine;
using System.Globalization;
using Banyan.Cli.Commands;
using Banyan.Contracts;

namespace Banyan.Cli.Up;

/// <summary><c>banyan up</c>: the platform and every service below a directory, until Ctrl-C.</summary>
internal static class UpCommand
{
    public static Command Create(CliContext context)
    {
        var directory = new Argument<string>("dir") { Description = "Where to look for banyan.yaml files", DefaultValueFactory = _ => "." };
        var data = new Option<string>("--data") { Description = "Data directory", DefaultValueFactory = _ => ".banyan", HelpName = "DIR" };
        var api = Port("--port-api", "HTTP API and console", 7400);
        var grpc = Port("--port-grpc", "gRPC", 7401);
        var gateway = Port("--port-gateway", "Gateway", 8080);
        var noBuild = new Option<bool>("--no-build") { Description = "Start what is built; run no build commands" };
        var set = new Option<string[]>("--set") { Description = "One more setting by its dotted name; may be repeated", HelpName = "NAME=VALUE" };
        var command = new Command("up", "Run the platform and every service below a directory") { directory, data, api, grpc, gateway, noBuild, set };
        command.SetAction(async (parsed, cancellation) =>
        {
            var path = context.Io.FullPath(parsed.GetValue(directory)!);
            if (!Directory.Exists(path))
            {
                throw new BanyanException(CliErrors.NoFile, $"The directory '{parsed.GetValue(directory)}' does not exist.");
            }

            var values = SettingsOptions.Parse(parsed.GetValue(set) ?? []);
            values["host.data"] = context.Io.FullPath(parsed.GetValue(data)!);
            values.TryAdd("host.http", Loopback(parsed.GetValue(api)));
            values.TryAdd("host.grpc", Loopback(parsed.GetValue(grpc)));
            values.TryAdd("gateway.http", Loopback(parsed.GetValue(gateway)));
            return await new UpSession(context, new UpSettings(path, values, Build: !parsed.GetValue(noBuild))).RunAsync(cancellation).ConfigureAwait(false);
        });
        return command;
    }

    private static Option<int> Port(string name, string what, int port)
    {
        var option = new Option<int>(name) { Description = $"{what}: port on loopback, 0 for a free one", DefaultValueFactory = _ => port, HelpName = "PORT" };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && (!int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > 65535))
            {
                result.AddError($"'{name}' must be a port from 0 to 65535.");
            }
        });
        return option;
    }

    private static string Loopback(int port) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
}

/// <summary>What one <c>banyan up</c> was asked for.</summary>
/// <param name="Directory">Where the services are.</param>
/// <param name="Values">Settings of the platform.</param>
/// <param name="Build">Whether to run build commands.</param>
internal sealed record UpSettings(string Directory, IReadOnlyDictionary<string, string> Values, bool Build)
{
    public string DataDirectory => Values["host.data"];
}
