using Banyan.Contracts;
using Banyan.Contracts.Registry;
using Banyan.Contracts.Registry.V1;
using Banyan.Registry.Tests;
using Banyan.Store;
using Banyan.Testing;

namespace Banyan.Conformance.Registry;

/// <summary>
/// What the registry's two contracts promise, by the words of <see cref="IInstanceDirectory"/>, <see cref="IInstanceRegistrar"/> and <c>registry.proto</c>. Derive
/// to run it against a way of reaching the registry. The registry behind it is the real one, on a real host, over a store that outlives it. Time is real: leases
/// last one second.
/// </summary>
public abstract partial class RegistryContractConformance : IAsyncLifetime
{
    private protected static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    private readonly CancellationTokenSource _end = new();
    private readonly IStore _store = RegistryHost.NewStore();
    private RegistryHost? _host;

    private protected RegistryHost Host => _host ?? throw new InvalidOperationException("Not started.");

    private protected IInstanceDirectory Directory => DirectoryOf(Host);

    private protected IInstanceRegistrar Registrar => RegistrarOf(Host);

    /// <summary>Ends when the case ends.</summary>
    private protected CancellationToken Cancellation => _end.Token;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        _end.CancelAfter(Eventually.Deadline);
        _host = await RegistryHost.StartAsync(_store, Settings);
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        await _end.CancelAsync();
        await Host.DisposeAsync();
        await _store.DisposeAsync();
        _end.Dispose();
    }

    private static Dictionary<string, string> Settings => new() { ["registry.lostGrace"] = "8s" };

    private protected abstract IInstanceDirectory DirectoryOf(RegistryHost host);

    private protected abstract IInstanceRegistrar RegistrarOf(RegistryHost host);

    /// <summary>Ends the registry and starts another one over the same store.</summary>
    private protected async Task RestartAsync()
    {
        await Host.DisposeAsync();
        _host = await RegistryHost.StartAsync(_store, Settings);
    }

    private protected async Task<Instance> Register(string id, TimeSpan? ttl = null, string service = "pets", string domain = "default", int port = 9) =>
        (await Registrar.RegisterAsync(RegistryHost.Request(id, service, port, ttl ?? Long, domain: domain), Cancellation)).Instance;

    private protected async Task<InstanceState> Beat(string id, InstanceState self = InstanceState.Unspecified, string reason = "") =>
        (await Registrar.HeartbeatAsync(new HeartbeatRequest { Key = RegistryHost.Key(id), Self = self, Reason = reason }, Cancellation)).State;

    private protected async Task Drain(string id, string reason = "") =>
        await Registrar.DrainAsync(new DrainRequest { Key = RegistryHost.Key(id), Reason = reason }, Cancellation);

    private protected async Task Deregister(string id) =>
        await Registrar.DeregisterAsync(new DeregisterRequest { Key = RegistryHost.Key(id) }, Cancellation);

    private protected async Task<LookupResponse> Lookup(string service = "pets", string domain = "default") =>
        await Directory.LookupAsync(new LookupRequest { Domain = domain, Service = service }, Cancellation);

    private protected async Task<Instance?> Find(string id) => (await Lookup()).Instances.SingleOrDefault(i => i.Id == id);

    private protected Task<Instance> Until(string id, InstanceState state) =>
        Eventually.Value(async () => await Find(id) is { } found && found.State == state ? found : null, $"{id} is {state}");

    private protected Subscriber Watch(string domain, params string[] services)
    {
        var request = new WatchRequest { Domain = domain };
        request.Services.AddRange(services);
        return new Subscriber(Directory, request, Cancellation);
    }

    private protected static async Task<BanyanException> Refused(ErrorKind kind, string code, Func<Task> act)
    {
        var refused = await Assert.ThrowsAsync<BanyanException>(act);
        Assert.Equal((kind, code), (refused.Error.Kind, refused.Error.Code));
        Assert.NotEqual(string.Empty, refused.Message);
        return refused;
    }

    /// <summary>The faults as <c>pointer code</c>, in order; each says something.</summary>
    private protected static string[] FaultsOf(BanyanException refused)
    {
        Assert.All(refused.Faults, fault => Assert.NotEqual(string.Empty, fault.Message));
        return [.. refused.Faults.Select(f => $"{f.Pointer} {f.Code}").Order(StringComparer.Ordinal)];
    }

    private protected static string[] Ids(IEnumerable<Instance> instances) => [.. instances.Select(i => i.Id).Order(StringComparer.Ordinal)];
}
