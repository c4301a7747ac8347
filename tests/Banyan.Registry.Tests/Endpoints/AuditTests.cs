using Banyan.Client.Registry;
using Banyan.Contracts.Registry.V1;
using Banyan.Resources;
using Banyan.Resources.Audit;
using Microsoft.Extensions.DependencyInjection;

namespace Banyan.Registry.Tests.Endpoints;

/// <summary>What people do to instances is in the audit log; what instances do themselves is not.</summary>
public sealed class AuditTests : IAsyncLifetime
{
    private const string Pets = "/api/v1/domains/default/services/pets/instances";

    private RegistryHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await RegistryHost.StartAsync(RegistryHost.NewStore());
        await _host.Registrar.RegisterAsync(RegistryHost.Request("a", ttl: TimeSpan.FromHours(1)), CancellationToken.None);
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Drain_and_removal_over_http_by_an_administrator_say_who_what_before_and_after()
    {
        var credential = await CredentialAsync("operator");
        using var http = _host.Http(credential);

        (await http.PostAsync($"{Pets}/a:drain", RegistryHost.Json("""{"reason":"rollout"}"""))).EnsureSuccessStatusCode();
        (await http.DeleteAsync($"{Pets}/a")).EnsureSuccessStatusCode();

        var (removal, drain) = await TwoAsync();
        Assert.Equal("operator administrator drain Instance default pets/a", Line(drain));
        Assert.Equal("127.0.0.1", drain.Document["actor"]!["address"]!.GetValue<string>());
        Assert.Equal("up", drain.Document["before"]!["state"]!.GetValue<string>());
        Assert.Equal("""{"state":"draining","reason":"rollout"}""", drain.Document["after"]!.ToJsonString());
        Assert.Equal("operator administrator deregister Instance default pets/a", Line(removal));
        Assert.Equal("draining", removal.Document["before"]!["state"]!.GetValue<string>());
        Assert.Null(removal.Document["after"]);
    }

    [Fact]
    public async Task Drain_over_grpc_for_somebody_else_names_both()
    {
        var registrar = new RemoteInstanceRegistrar(_host.Channel(await CredentialAsync("console-1")));

        await registrar.DrainAsync(new DrainRequest { Key = RegistryHost.Key("a"), Requester = new Requester { Name = "operator", Address = "10.0.0.7" } }, CancellationToken.None);
        await registrar.DeregisterAsync(new DeregisterRequest { Key = RegistryHost.Key("a") }, CancellationToken.None);

        var (removal, drain) = await TwoAsync();
        Assert.Equal("operator (through console-1) administrator drain Instance default pets/a", Line(drain));
        Assert.Equal("10.0.0.7", drain.Document["actor"]!["address"]!.GetValue<string>());
        Assert.Equal("console-1 administrator deregister Instance default pets/a", Line(removal));
    }

    [Fact]
    public async Task Instance_that_leaves_by_itself_is_not_recorded_even_when_it_names_a_person()
    {
        var token = await _host.TokenAsync(ActorRole.Service, "default", "pets");
        using var http = _host.Http(token);
        var registrar = new RemoteInstanceRegistrar(_host.Channel(token));

        await registrar.DrainAsync(new DrainRequest { Key = RegistryHost.Key("a"), Requester = new Requester { Name = "operator" } }, CancellationToken.None);
        (await http.DeleteAsync($"{Pets}/a")).EnsureSuccessStatusCode();

        Assert.Null(await _host.FindAsync("a"));
        Assert.Empty(await RecordsAsync());
    }

    [Fact]
    public async Task Drain_of_what_drains_already_and_removal_of_nothing_are_not_recorded_again()
    {
        using var http = _host.Http();
        for (var i = 0; i < 2; i++)
        {
            (await http.PostAsync($"{Pets}/a:drain", null)).EnsureSuccessStatusCode();
            (await http.DeleteAsync($"{Pets}/nobody")).EnsureSuccessStatusCode();
        }

        Assert.Equal("drain", Assert.Single(await RecordsAsync()).Document["verb"]!.GetValue<string>());
    }

    private static string Line(AuditRecord record) => string.Join(' ',
        record.Document["actor"]!["name"], record.Document["actor"]!["role"], record.Document["verb"], record.Document["kind"], record.Document["domain"], record.Document["name"]);

    // Newest first.
    private async Task<(AuditRecord Removal, AuditRecord Drain)> TwoAsync()
    {
        var records = await RecordsAsync();
        Assert.Equal(2, records.Count);
        return (records[0], records[1]);
    }

    private async Task<IReadOnlyList<AuditRecord>> RecordsAsync() =>
        (await _host.Services.GetRequiredService<AuditLog>().ListAsync(new AuditFilter { Kind = "Instance" }, CancellationToken.None)).Items;

    private async Task<string> CredentialAsync(string name) =>
        (await _host.Services.GetRequiredService<Banyan.Http.Authentication.ICredentials>()
            .CreateAsync(name, ActorRole.Administrator, null, null, Actor.System, CancellationToken.None)).Token;
}
