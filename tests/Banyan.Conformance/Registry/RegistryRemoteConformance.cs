using Banyan.Client.Registry;
using Banyan.Contracts;
using Banyan.Contracts.Registry;
using Banyan.Contracts.Registry.V1;
using Banyan.Registry.Tests;
using Banyan.Testing;

namespace Banyan.Conformance.Registry;

/// <summary>The suite against the registry's gRPC port through the typed clients, and what only a wire can do: break.</summary>
public sealed class RegistryRemoteConformance : RegistryContractConformance
{
    private protected override IInstanceDirectory DirectoryOf(RegistryHost host) => new RemoteInstanceDirectory(host.Channel());

    private protected override IInstanceRegistrar RegistrarOf(RegistryHost host) => new RemoteInstanceRegistrar(host.Channel());

    [ConformanceFact]
    public async Task Watch_of_a_registry_that_stops_is_unavailable_and_a_new_one_begins_with_a_reset()
    {
        await Register("a");
        await using var before = Watch("default");
        await before.NextAsync();

        var next = before.NextAsync();
        await RestartAsync();

        var refused = await Assert.ThrowsAsync<BanyanException>(() => next);
        Assert.Equal(ErrorKind.Unavailable, refused.Error.Kind);
        await using var after = Watch("default");
        Assert.Equal(["a"], Ids((await after.NextAsync()).Changed));
    }

    [ConformanceFact]
    public async Task Calls_to_an_address_where_nobody_listens_are_unavailable()
    {
        await using var channel = new Banyan.Grpc.GrpcChannel(new Uri($"http://127.0.0.1:{FreePort.Next()}"));
        var directory = new RemoteInstanceDirectory(channel);
        var registrar = new RemoteInstanceRegistrar(channel);
        const string code = "client/registry-unreachable";

        await Refused(ErrorKind.Unavailable, code, async () => await directory.LookupAsync(new LookupRequest { Domain = "default", Service = "pets" }, Cancellation));
        await Refused(ErrorKind.Unavailable, code, async () => await registrar.RegisterAsync(RegistryHost.Request("a"), Cancellation));
        await using var watch = new Subscriber(directory, new WatchRequest(), Cancellation);
        await Refused(ErrorKind.Unavailable, code, watch.NextAsync);
    }
}
