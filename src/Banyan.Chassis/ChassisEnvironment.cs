using System.Reflection;
using Banyan.Contracts.Registry;
using Microsoft.Extensions.Configuration;

namespace Banyan.Chassis;

/// <summary>Reads the chassis' settings from the environment, by way of the host's configuration so that tests and files can give them too.</summary>
internal static class ChassisEnvironment
{
    public static ChassisOptions Read(IConfiguration configuration)
    {
        var options = new ChassisOptions
        {
            Domain = Text(configuration, "BANYAN_DOMAIN") ?? "default",
            Service = Text(configuration, "BANYAN_SERVICE"),
            Instance = Text(configuration, "BANYAN_INSTANCE") ?? $"{MachineNames.Own}-{Environment.ProcessId}",
            TokenFile = Text(configuration, "BANYAN_TOKEN_FILE"),
            CacheDirectory = Text(configuration, "BANYAN_CACHE_DIR"),
            Host = Text(configuration, "BANYAN_HOST"),
            Zone = Text(configuration, "BANYAN_ZONE") ?? string.Empty,
            Version = Assembly.GetEntryAssembly()?.GetName().Version?.ToString(3) ?? string.Empty,
        };
        if (Text(configuration, "BANYAN_GRPC") is { } grpc)
        {
            options.Grpc = Uri.TryCreate(grpc, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" or "unix"
                ? address
                : throw new InvalidOperationException($"BANYAN_GRPC is '{grpc}', which is no address. Give one such as http://127.0.0.1:7401.");
        }

        if (Text(configuration, "BANYAN_SIDECAR") is { } sidecar)
        {
            options.Sidecar = Uri.TryCreate(sidecar, UriKind.Absolute, out var address) && address is { Scheme: "http" } or { Scheme: "unix", AbsolutePath.Length: > 1 }
                ? address
                : throw new InvalidOperationException($"BANYAN_SIDECAR is '{sidecar}', which is no address. Give unix:/path or http://HOST:PORT, as the sidecar's outbound is.");
        }

        return options;
    }

    private static string? Text(IConfiguration configuration, string name) => configuration[name] is { Length: > 0 } text ? text : null;
}
