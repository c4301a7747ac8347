using Banyan.Hosting.Settings;

namespace Banyan.Hosting.Tests;

/// <summary>Builds hosts on free ports.</summary>
internal static class Hosts
{
    public static ModuleHostBuilder Builder(IEnumerable<IModule> modules, Journal? log = null, params (string Key, string Value)[] settings)
    {
        var builder = new ModuleHostBuilder { Log = log is null ? _ => { } : log.Add };
        builder.AddModules(modules);
        builder.Settings.AddFlags(
            new Dictionary<string, string> { ["host.http"] = "127.0.0.1:0", ["host.grpc"] = "127.0.0.1:0" }
                .Concat(settings.Select(s => KeyValuePair.Create(s.Key, s.Value))));
        return builder;
    }

    public static async Task<ModuleHost> StartAsync(IEnumerable<IModule> modules, Journal? log = null, params (string Key, string Value)[] settings)
    {
        var host = Builder(modules, log, settings).Build();
        await host.StartAsync(CancellationToken.None);
        return host;
    }

    public static HttpClient Client() => new(new SocketsHttpHandler(), disposeHandler: true);
}
