using System.Globalization;
using Banyan.Cli.Manifests;
using Banyan.Cli.Platform;
using Banyan.Cli.Processes;

namespace Banyan.Cli.Up;

/// <summary>The environment variables an instance starts with.</summary>
internal sealed class InstanceEnvironment(IRunningPlatform platform, ServicePorts ports)
{
    private readonly Dictionary<string, string> _inherited = ProcessGroup.InheritedEnvironment();

    public ServicePorts Ports => ports;

    public static string TokenFile(string dataDirectory, ServiceReference service) => Path.Combine(dataDirectory, "up", $"{service.Domain}.{service.Service}.token");

    public IReadOnlyDictionary<string, string> For(ServiceManifest manifest, string id, int port)
    {
        var variables = new Dictionary<string, string>(_inherited, StringComparer.Ordinal);
        var listen = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
        variables["BANYAN_URL"] = platform.HttpUrl.ToString().TrimEnd('/');
        variables["BANYAN_GRPC"] = platform.GrpcUrl.ToString().TrimEnd('/');
        variables["BANYAN_GATEWAY"] = platform.GatewayUrl.ToString().TrimEnd('/');
        variables["BANYAN_DOMAIN"] = manifest.Domain;
        variables["BANYAN_SERVICE"] = manifest.Service;
        variables["BANYAN_INSTANCE"] = id;
        variables["BANYAN_TOKEN_FILE"] = TokenFile(platform.DataDirectory, manifest.Reference);
        variables["BANYAN_CACHE_DIR"] = Path.Combine(platform.DataDirectory, "up", "cache", manifest.Domain, id);
        variables["PORT"] = port.ToString(CultureInfo.InvariantCulture);
        variables["ASPNETCORE_URLS"] = listen;

        // The developer's own words win over what is offered, except over who the service is and where it listens.
        foreach (var (name, value) in manifest.Config.Concat(manifest.Dev!.Environment))
        {
            if (!name.StartsWith("BANYAN_", StringComparison.Ordinal) && name is not ("PORT" or "ASPNETCORE_URLS"))
            {
                variables[name] = value;
            }
        }

        return variables;
    }
}
