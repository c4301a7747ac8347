using Banyan.Hosting.Settings;

namespace Banyan.Hosting.Loopback;

/// <summary>
/// For tests: every module alone in a host of its own, all in this process, so that every contract goes through the wire, slowed down. What passes all in one
/// host and here does not care where its contracts are.
/// </summary>
public sealed class LoopbackTopology : IAsyncDisposable
{
    private readonly List<ModuleHost> _started = [];
    private readonly List<DelayingRelay> _relays = [];
    private readonly Dictionary<string, ModuleHost> _hosts = new(StringComparer.Ordinal);

    private LoopbackTopology()
    {
    }

    /// <summary>The host of each module, by the module's name.</summary>
    public IReadOnlyDictionary<string, ModuleHost> Hosts => _hosts;

    /// <summary>Starts one host a module, in the order of starting, on free ports.</summary>
    /// <param name="create">Makes a new builder with all modules, remote contracts and settings; called once a module.</param>
    /// <param name="delay">Added to every piece of data in each direction between a module and a contract it requires.</param>
    /// <param name="cancellation">Gives up; what has started is stopped.</param>
    /// <exception cref="HostStartException">A module did not start, or a contract has no remote form.</exception>
    public static async Task<LoopbackTopology> StartAsync(Func<ModuleHostBuilder> create, TimeSpan delay, CancellationToken cancellation)
    {
        var topology = new LoopbackTopology();
        try
        {
            var relays = new Dictionary<ModuleContract, Uri>();
            foreach (var name in create().Order().Modules.Select(m => m.Name))
            {
                await topology.StartModuleAsync(name, create(), relays, delay, cancellation);
            }

            return topology;
        }
        catch
        {
            await topology.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var host in Enumerable.Reverse(_started))
        {
            await host.DisposeAsync();
        }

        foreach (var relay in _relays)
        {
            await relay.DisposeAsync();
        }
    }

    private async Task StartModuleAsync(string name, ModuleHostBuilder builder, Dictionary<ModuleContract, Uri> relays, TimeSpan delay, CancellationToken cancellation)
    {
        var module = builder.Order().Modules.Single(m => m.Name == name);
        var settings = new Dictionary<string, string> { ["host.target"] = name, ["host.http"] = "127.0.0.1:0", ["host.grpc"] = "127.0.0.1:0" };
        foreach (var contract in module.Requires)
        {
            if (relays.TryGetValue(contract, out var address))
            {
                settings[contract.AddressSetting] = address.ToString();
            }
        }

        builder.Settings.AddFlags(settings);
        var host = builder.Build();
        _started.Add(host);
        await host.StartAsync(cancellation);
        _hosts[name] = host;
        if (module.Provides.Count > 0)
        {
            var relay = new DelayingRelay(host.GrpcUrl, delay, builder.Clock);
            _relays.Add(relay);
            foreach (var contract in module.Provides)
            {
                relays[contract] = relay.Url;
            }
        }
    }
}
