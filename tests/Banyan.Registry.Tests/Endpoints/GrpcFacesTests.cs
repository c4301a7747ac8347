using Banyan.Client.Registry;
using Banyan.Contracts;
using Banyan.Contracts.Registry.V1;
using Banyan.Grpc;
using Banyan.Resources;

namespace Banyan.Registry.Tests.Endpoints;

public sealed class GrpcFacesTests : IAsyncLifetime
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    private readonly BrokenStore _store = new(RegistryHost.NewStore());
    private RegistryHost _host = null!;

    public async Task InitializeAsync() => _host = await RegistryHost.StartAsync(_store);

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task Service_credential_writes_its_own_service_only()
    {
        var registrar = Registrar(await _host.TokenAsync(ActorRole.Service, "default", "pets"));
        await registrar.RegisterAsync(RegistryHost.Request("a", ttl: Long), CancellationToken.None);
        await registrar.HeartbeatAsync(new HeartbeatRequest { Key = RegistryHost.Key("a") }, CancellationToken.None);
        await registrar.DrainAsync(new DrainRequest { Key = RegistryHost.Key("a") }, CancellationToken.None);
        await _host.Registrar.RegisterAsync(RegistryHost.Request("w", "walks", ttl: Long), CancellationToken.None);
        var walker = RegistryHost.Key("w", "walks");

        await ForbiddenAsync(async () => await registrar.RegisterAsync(RegistryHost.Request("b", "walks", ttl: Long), CancellationToken.None));
        await ForbiddenAsync(async () => await registrar.RegisterAsync(RegistryHost.Request("b", ttl: Long, domain: "other"), CancellationToken.None));
        await ForbiddenAsync(async () => await registrar.RegisterAsync(new RegisterRequest(), CancellationToken.None));
        await ForbiddenAsync(async () => await registrar.HeartbeatAsync(new HeartbeatRequest { Key = walker }, CancellationToken.None));
        await ForbiddenAsync(async () => await registrar.DrainAsync(new DrainRequest { Key = walker }, CancellationToken.None));
        await ForbiddenAsync(async () => await registrar.DeregisterAsync(new DeregisterRequest { Key = walker }, CancellationToken.None));

        Assert.Equal(InstanceState.Up, (await _host.FindAsync("w", "walks"))!.State);
        await registrar.DeregisterAsync(new DeregisterRequest { Key = RegistryHost.Key("a") }, CancellationToken.None);
        Assert.Null(await _host.FindAsync("a"));
    }

    [Fact]
    public async Task Service_credential_reads_one_domain_at_a_time()
    {
        await _host.Registrar.RegisterAsync(RegistryHost.Request("w", "walks", ttl: Long), CancellationToken.None);
        var directory = new RemoteInstanceDirectory(_host.Channel(await _host.TokenAsync(ActorRole.Service, "default", "pets")));

        Assert.Single((await directory.LookupAsync(new LookupRequest { Domain = "default", Service = "walks" }, CancellationToken.None)).Instances);
        Assert.Single((await FirstAsync(directory, new WatchRequest { Domain = "default" })).Changed);
        await ForbiddenAsync(() => FirstAsync(directory, new WatchRequest()));
    }

    [Fact]
    public async Task Reader_reads_everything_and_writes_nothing()
    {
        await _host.Registrar.RegisterAsync(RegistryHost.Request("a", ttl: Long), CancellationToken.None);
        var token = await _host.TokenAsync(ActorRole.Reader);
        var directory = new RemoteInstanceDirectory(_host.Channel(token));

        Assert.Single((await FirstAsync(directory, new WatchRequest())).Changed);

        foreach (var status in await WritesAsync(_host.Channel(token)))
        {
            Assert.Equal(StatusCode.PermissionDenied, status);
        }

        Assert.Equal(InstanceState.Up, (await _host.FindAsync("a"))!.State);
    }

    [Fact]
    public async Task Caller_without_or_with_an_unknown_credential_is_unauthenticated_everywhere()
    {
        await _host.Registrar.RegisterAsync(RegistryHost.Request("a", ttl: Long), CancellationToken.None);
        await using var nobody = new GrpcChannel(_host.GrpcUrl);
        foreach (var channel in new[] { nobody, _host.Channel("not-a-token") })
        {
            Assert.All(await WritesAsync(channel), status => Assert.Equal(StatusCode.Unauthenticated, status));
            var directory = new RemoteInstanceDirectory(channel);
            var lookup = await Assert.ThrowsAsync<BanyanException>(async () => await directory.LookupAsync(new LookupRequest { Domain = "default", Service = "pets" }, CancellationToken.None));
            Assert.Equal(ErrorKind.Unauthenticated, lookup.Error.Kind);
            Assert.Equal(ErrorKind.Unauthenticated, (await Assert.ThrowsAsync<BanyanException>(() => FirstAsync(directory, new WatchRequest { Domain = "default" }))).Error.Kind);
        }

        Assert.Equal(InstanceState.Up, (await _host.FindAsync("a"))!.State);
    }

    [Theory]
    [InlineData("Register", StatusCode.InvalidArgument)]
    [InlineData("Heartbeat", StatusCode.NotFound)]
    [InlineData("Drain", StatusCode.NotFound)]
    [InlineData("Deregister", StatusCode.OK)]
    public async Task Errors_have_the_status_that_other_languages_expect(string method, StatusCode expected)
    {
        var request = method == "Register" ? (Google.Protobuf.IMessage)new RegisterRequest() : Keyed(method, RegistryHost.Key("nobody"));

        Assert.Equal(expected, await StatusAsync(_host.Channel(), method, request));
    }

    [Fact]
    public async Task Store_that_is_away_is_unavailable_and_nothing_is_registered()
    {
        _store.Away = true;

        Assert.Equal(StatusCode.Unavailable, await StatusAsync(_host.Channel(), "Register", RegistryHost.Request("a", ttl: Long)));
        var refused = await Assert.ThrowsAsync<BanyanException>(async () => await _host.Registrar.RegisterAsync(RegistryHost.Request("a", ttl: Long), CancellationToken.None));
        Assert.Equal("http/store-unavailable", refused.Error.Code);

        _store.Away = false;
        Assert.Null(await _host.FindAsync("a"));
        await Registrar(_host.Token).RegisterAsync(RegistryHost.Request("a", ttl: Long), CancellationToken.None);
    }

    [Fact]
    public async Task Deregistration_while_the_store_is_away_is_unavailable_and_the_instance_stays()
    {
        var registrar = Registrar(_host.Token);
        await registrar.RegisterAsync(RegistryHost.Request("a", ttl: Long), CancellationToken.None);
        _store.Away = true;

        foreach (var act in new Func<Task>[]
        {
            async () => await registrar.DeregisterAsync(new DeregisterRequest { Key = RegistryHost.Key("a") }, CancellationToken.None),
            async () => await registrar.DrainAsync(new DrainRequest { Key = RegistryHost.Key("a") }, CancellationToken.None),
        })
        {
            Assert.Equal(ErrorKind.Unavailable, (await Assert.ThrowsAsync<BanyanException>(act)).Error.Kind);
        }

        // Heartbeats and reads live in memory: a store that is away stops neither.
        Assert.Equal(InstanceState.Up, (await registrar.HeartbeatAsync(new HeartbeatRequest { Key = RegistryHost.Key("a") }, CancellationToken.None)).State);
        Assert.Equal(InstanceState.Up, (await _host.FindAsync("a"))!.State);
    }

    private static Google.Protobuf.IMessage Keyed(string method, InstanceKey key) => method switch
    {
        "Heartbeat" => new HeartbeatRequest { Key = key },
        "Drain" => new DrainRequest { Key = key },
        _ => new DeregisterRequest { Key = key },
    };

    private static async Task<StatusCode> StatusAsync(GrpcChannel channel, string method, Google.Protobuf.IMessage request)
    {
        var service = RegistryReflection.Descriptor.Services.Single(s => s.Name == "InstanceRegistrar");
        try
        {
            _ = request switch
            {
                RegisterRequest r => (object)await channel.UnaryAsync(GrpcMethod.Unary<RegisterRequest, RegisterResponse>(service, method), r, null, CancellationToken.None),
                HeartbeatRequest r => await channel.UnaryAsync(GrpcMethod.Unary<HeartbeatRequest, HeartbeatResponse>(service, method), r, null, CancellationToken.None),
                DrainRequest r => await channel.UnaryAsync(GrpcMethod.Unary<DrainRequest, DrainResponse>(service, method), r, null, CancellationToken.None),
                _ => await channel.UnaryAsync(GrpcMethod.Unary<DeregisterRequest, DeregisterResponse>(service, method), (DeregisterRequest)request, null, CancellationToken.None),
            };
            return StatusCode.OK;
        }
        catch (GrpcException e)
        {
            return e.StatusCode;
        }
        catch (BanyanException e)
        {
            // The client turns the platform's own errors back into what they were; the wire said the status of their kind.
            return e.Error.Kind switch
            {
                ErrorKind.Forbidden => StatusCode.PermissionDenied,
                ErrorKind.Unauthenticated => StatusCode.Unauthenticated,
                ErrorKind.NotFound => StatusCode.NotFound,
                ErrorKind.Invalid or ErrorKind.Unprocessable => StatusCode.InvalidArgument,
                ErrorKind.Unavailable => StatusCode.Unavailable,
                _ => StatusCode.Unknown,
            };
        }
    }

    private static async Task<IReadOnlyList<StatusCode>> WritesAsync(GrpcChannel channel)
    {
        var statuses = new List<StatusCode> { await StatusAsync(channel, "Register", RegistryHost.Request("a", ttl: Long)) };
        foreach (var method in new[] { "Heartbeat", "Drain", "Deregister" })
        {
            statuses.Add(await StatusAsync(channel, method, Keyed(method, RegistryHost.Key("a"))));
        }

        return statuses;
    }

    private static async Task<WatchResponse> FirstAsync(RemoteInstanceDirectory directory, WatchRequest request)
    {
        await foreach (var message in directory.WatchAsync(request, CancellationToken.None))
        {
            return message;
        }

        throw new InvalidOperationException("A watch has no end.");
    }

    private static async Task ForbiddenAsync(Func<Task> act) => Assert.Equal(ErrorKind.Forbidden, (await Assert.ThrowsAsync<BanyanException>(act)).Error.Kind);

    private RemoteInstanceRegistrar Registrar(string token) => new(_host.Channel(token));
}
