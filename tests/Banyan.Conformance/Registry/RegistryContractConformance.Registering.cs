using System.Globalization;
using Banyan.Contracts;
using Banyan.Contracts.Registry.V1;
using Banyan.Registry.Tests;
using Banyan.Testing;
using Google.Protobuf.WellKnownTypes;

namespace Banyan.Conformance.Registry;

public abstract partial class RegistryContractConformance
{
    private const string Invalid = "registry/invalid-registration";

    [ConformanceFact]
    public async Task Register_with_a_lease_is_up_at_once_with_every_default_filled_in()
    {
        var answer = await Registrar.RegisterAsync(RegistryHost.Request("a", ttl: TimeSpan.FromSeconds(30)), Cancellation);

        Assert.Equal(TimeSpan.FromSeconds(10), answer.HeartbeatInterval.ToTimeSpan());
        var found = Assert.Single((await Lookup()).Instances);
        Assert.Equal(found, answer.Instance);
        Assert.Equal(("default", "pets", "a", "127.0.0.1", 9u), (found.Domain, found.Service, found.Id, found.Host, found.Port));
        Assert.Equal(("http", 100u, true, InstanceState.Up), (found.Scheme, found.Weight, found.Leased, found.State));
        Assert.NotEqual(string.Empty, found.Reason);
        Assert.NotNull(found.Since);
        Assert.NotNull(found.RegisteredAt);
        Assert.NotEqual(0, found.VersionNumber);
    }

    [ConformanceFact]
    public async Task Register_keeps_everything_that_was_given()
    {
        var request = RegistryHost.Request("a", port: 8443, ttl: Long);
        request.Instance.Scheme = "grpc";
        request.Instance.Zone = "east-1";
        request.Instance.Weight = 7;
        request.Instance.Version = "1.2.3+älter";
        request.Instance.Metadata.Add("team", "petstore ☂");
        request.Instance.Metadata.Add("empty", string.Empty);

        await Registrar.RegisterAsync(request, Cancellation);

        var found = Assert.Single((await Lookup()).Instances);
        Assert.Equal(("grpc", "east-1", 7u, "1.2.3+älter"), (found.Scheme, found.Zone, found.Weight, found.Version));
        Assert.Equal(request.Instance.Metadata, found.Metadata);
    }

    [ConformanceFact]
    public async Task Register_the_same_again_changes_nothing()
    {
        await Register("a");
        var before = await Lookup();

        var again = await Register("a");

        Assert.Equal(before, await Lookup());
        Assert.Equal(before.Instances[0], again);
    }

    [ConformanceFact]
    public async Task Register_differently_replaces_the_whole_registration()
    {
        var first = RegistryHost.Request("a", ttl: Long);
        first.Instance.Metadata.Add("old", "1");
        first.Instance.Zone = "east";
        await Registrar.RegisterAsync(first, Cancellation);

        await Register("a", port: 10);

        var found = Assert.Single((await Lookup()).Instances);
        Assert.Equal((10u, string.Empty), (found.Port, found.Zone));
        Assert.Empty(found.Metadata);
    }

    [ConformanceFact]
    public async Task Register_does_not_believe_what_only_the_registry_decides()
    {
        var request = RegistryHost.Request("a", ttl: Long);
        request.Instance.Reason = "because I say so";
        request.Instance.VersionNumber = 77_000;
        request.Instance.RegisteredAt = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch);
        request.Instance.Since = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch);

        var answer = (await Registrar.RegisterAsync(request, Cancellation)).Instance;

        Assert.NotEqual("because I say so", answer.Reason);
        Assert.NotEqual(77_000, answer.VersionNumber);
        Assert.True(answer.RegisteredAt.Seconds > 0 && answer.Since.Seconds > 0);
    }

    [ConformanceFact]
    public async Task Register_with_faults_tells_all_of_them_at_once_and_registers_nothing()
    {
        var request = new RegisterRequest
        {
            Instance = new Instance { Domain = "No Domain", Service = string.Empty, Id = "-a", Host = "no host!", Port = 70_000, Scheme = "gopher", Weight = 1001, Zone = "a b", State = InstanceState.Lost },
            Check = new HealthCheck { Http = new HttpProbe { Path = "x", MinStatus = 400, MaxStatus = 300 }, Timeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(9)), Rise = 101, Fall = 101 },
            Ttl = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(999)),
        };
        request.Instance.Metadata.Add("a/b~c", new string('x', 1025));

        var refused = await Refused(ErrorKind.Unprocessable, Invalid, async () => await Registrar.RegisterAsync(request, Cancellation));

        string[] expected =
        [
            "/check/fall out-of-range", "/check/http/minStatus out-of-range", "/check/http/path bad-name", "/check/rise out-of-range", "/check/timeout out-of-range",
            "/instance/domain bad-name", "/instance/host bad-name", "/instance/id bad-name", "/instance/metadata/a~1b~0c out-of-range", "/instance/port out-of-range",
            "/instance/scheme out-of-range", "/instance/service required", "/instance/state out-of-range", "/instance/weight out-of-range", "/instance/zone bad-name",
            "/ttl out-of-range",
        ];
        Assert.Equal(expected, FaultsOf(refused));
    }

    [ConformanceFact]
    public async Task Register_without_an_instance_is_refused()
    {
        var refused = await Refused(ErrorKind.Unprocessable, Invalid, async () => await Registrar.RegisterAsync(new RegisterRequest(), Cancellation));

        Assert.Equal(["/instance required"], FaultsOf(refused));
    }

    [ConformanceFact]
    public async Task Register_in_a_domain_that_does_not_exist_is_refused()
    {
        var request = RegistryHost.Request("a", ttl: Long, domain: "nowhere");

        var refused = await Refused(ErrorKind.Unprocessable, Invalid, async () => await Registrar.RegisterAsync(request, Cancellation));

        Assert.Equal(["/instance/domain not-found"], FaultsOf(refused));
        Assert.Empty((await Lookup(domain: "nowhere")).Instances);
    }

    [ConformanceFact]
    public async Task Register_of_many_at_once_loses_none()
    {
        var ids = Enumerable.Range(0, 100).Select(i => i.ToString("000", CultureInfo.InvariantCulture)).ToArray();

        await Task.WhenAll(ids.Select(id => Register(id)));

        Assert.Equal(ids, Ids((await Lookup()).Instances));
    }

    [ConformanceFact]
    public async Task Register_as_starting_gets_no_traffic_until_the_instance_says_up()
    {
        var request = RegistryHost.Request("a", ttl: Long);
        request.Instance.State = InstanceState.Starting;

        Assert.Equal(InstanceState.Starting, (await Registrar.RegisterAsync(request, Cancellation)).Instance.State);

        Assert.Equal(InstanceState.Starting, await Beat("a"));
        Assert.Equal(InstanceState.Up, await Beat("a", InstanceState.Up));
        Assert.Equal(InstanceState.Up, (await Find("a"))!.State);
    }

    [ConformanceFact]
    public async Task Register_with_a_check_and_no_lease_is_up_when_it_passes_down_when_it_fails_and_up_again()
    {
        await using var service = await TinyService.StartAsync();
        service.Status = 503;

        // The interval is also what a busy machine has for one check: a slower answer is a failure of another kind.
        var check = new HealthCheck
        {
            Http = new HttpProbe(),
            Interval = Duration.FromTimeSpan(TimeSpan.FromSeconds(4)),
            Timeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(3.9)),
            Fall = 2,
            Rise = 2,
        };
        var answer = await Registrar.RegisterAsync(
            RegistryHost.Request("a", port: service.Port, check: check), Cancellation);
        Assert.Equal((InstanceState.Starting, false), (answer.Instance.State, answer.Instance.Leased));
        Assert.Null(answer.HeartbeatInterval);

        service.Status = 200;
        await Until("a", InstanceState.Up);
        service.Status = 503;
        Assert.Equal("http GET /healthz answered 503 (2 of 2)", (await Until("a", InstanceState.Down)).Reason);
        service.Status = 200;
        await Until("a", InstanceState.Up);
    }

    [ConformanceFact]
    public async Task Heartbeat_of_an_unknown_instance_says_register_again()
    {
        var refused = await Refused(ErrorKind.NotFound, "registry/instance-not-found", () => Beat("nobody"));

        Assert.Contains("nobody", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Register it again", refused.Message, StringComparison.Ordinal);
    }

    [ConformanceFact]
    public async Task Heartbeat_after_deregistering_is_not_found()
    {
        await Register("a");
        await Deregister("a");

        await Refused(ErrorKind.NotFound, "registry/instance-not-found", () => Beat("a"));
    }

    [ConformanceFact]
    public async Task Heartbeat_tells_what_the_instance_says_of_itself_and_silence_keeps_it()
    {
        await Register("a");

        Assert.Equal(InstanceState.Down, await Beat("a", InstanceState.Down, "no database"));
        Assert.Equal(InstanceState.Down, await Beat("a"));
        var found = (await Find("a"))!;
        Assert.Equal(InstanceState.Down, found.State);
        Assert.Contains("no database", found.Reason, StringComparison.Ordinal);
        Assert.Equal(InstanceState.Up, await Beat("a", InstanceState.Up));
    }

    [ConformanceFact]
    public async Task Heartbeat_with_faults_tells_all_of_them()
    {
        var request = new HeartbeatRequest { Key = new InstanceKey { Service = "pets", Id = "a b" }, Self = InstanceState.Draining, Reason = new string('x', 1025) };

        var refused = await Refused(ErrorKind.Invalid, "registry/invalid-request", async () => await Registrar.HeartbeatAsync(request, Cancellation));

        Assert.Equal(["/key/domain required", "/key/id bad-name", "/reason out-of-range", "/self out-of-range"], FaultsOf(refused));
    }

    [ConformanceFact]
    public async Task Requests_without_a_key_are_refused()
    {
        foreach (var act in new Func<Task>[]
        {
            async () => await Registrar.HeartbeatAsync(new HeartbeatRequest(), Cancellation),
            async () => await Registrar.DrainAsync(new DrainRequest(), Cancellation),
            async () => await Registrar.DeregisterAsync(new DeregisterRequest(), Cancellation),
        })
        {
            Assert.Equal(["/key required"], FaultsOf(await Refused(ErrorKind.Invalid, "registry/invalid-request", act)));
        }
    }
}
