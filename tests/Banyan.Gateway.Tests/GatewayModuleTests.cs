using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Banyan.Contracts;
using Banyan.Contracts.Registry.V1;
using Banyan.Gateway.Listening;
using Banyan.Gateway.Tests.Support;
using Banyan.Hosting;
using Banyan.Resources;
using Banyan.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Banyan.Gateway.Tests;

/// <summary>The module in a host: resources in, requests through, the table out.</summary>
public sealed class GatewayModuleTests
{
    [Fact]
    public async Task Route_applied_to_the_store_takes_requests_and_one_deleted_takes_none()
    {
        await using var upstream = await WebUpstream.StartAsync(context => context.Response.WriteAsync("pets"));
        var given = new GivenModule();
        await using var host = await StartAsync(given);
        using var client = Client();
        var gateway = host.Services.GetRequiredService<GatewayListener>().Http!;

        // 1. No instances heard of yet: the port is open, the module says why it is not ready.
        await Eventually.True(() => host.NotReadyBecause?.Contains("instances", StringComparison.Ordinal) == true, "only the instances to be missing");

        // 2. Instances and a route.
        given.Tell(new WatchResponse { Reset = true, Changed = { Entries.Instance("pets", "pets-1", upstream.Port) } });
        await Eventually.True(() => host.NotReadyBecause is null, "the gateway to be ready");
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(client, gateway));
        var resources = host.Services.GetRequiredService<IResources>();
        await resources.CreateAsync("services", new("default", "pets"), Document("Service", "pets", """{"protocol":"http"}"""), WriteContext.System, default);
        await resources.CreateAsync("routes", new("default", "pets"), Document("Route", "pets", """{"path":"/pets","service":{"name":"pets"}}"""), WriteContext.System, default);
        await Eventually.True(async () => await StatusAsync(client, new Uri(gateway, "/pets/7")) == HttpStatusCode.OK, "the route to take requests");

        // 3. What the table says of itself.
        using var answer = await client.SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(host.HttpUrl, "/api/v1/gateway/routes")), default);
        var table = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        Assert.True(table.GetProperty("ready").GetBoolean());
        var route = Assert.Single(table.GetProperty("routes").EnumerateArray());
        Assert.Equal("/pets", route.GetProperty("path").GetString());
        Assert.Equal(1, route.GetProperty("byStatus").GetProperty("2xx").GetInt64());
        var endpoint = Assert.Single(route.GetProperty("endpoints").EnumerateArray());
        Assert.Equal("up", endpoint.GetProperty("state").GetString());
        Assert.Equal(1, endpoint.GetProperty("requests").GetInt64());

        // 4. Gone.
        await resources.DeleteAsync("routes", new("default", "pets"), WriteContext.System, default);
        await Eventually.True(async () => await StatusAsync(client, new Uri(gateway, "/pets/7")) == HttpStatusCode.NotFound, "the route to take no more requests");
    }

    [Fact]
    public async Task Taken_port_stops_the_start_with_its_exit_code_and_the_setting_to_change()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var e = await Assert.ThrowsAsync<HostStartException>(() => StartAsync(new GivenModule(), ("gateway.http", $"127.0.0.1:{port}")));

        Assert.Equal(ExitCodes.PortInUse, e.ExitCode);
        Assert.Contains($"127.0.0.1:{port}", e.Message, StringComparison.Ordinal);
        Assert.Contains("gateway.http", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_options_are_all_named_at_once()
    {
        var e = await Assert.ThrowsAsync<HostStartException>(() => StartAsync(
            new GivenModule(), ("gateway.trustedProxies", "10.0.0.0/8,nonsense"), ("gateway.connectTimeout", "0s"), ("gateway.accesLog", "all")));

        Assert.Contains("gateway.trustedProxies", e.Message, StringComparison.Ordinal);
        Assert.Contains("gateway.connectTimeout", e.Message, StringComparison.Ordinal);
        Assert.Contains("gateway.accessLog", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("handover=", "gateway.handover", "write one of 1 to")]
    [InlineData("handover=/tmp/h.sock transport=framework", "gateway.handover", "leave gateway.transport at auto")]
    [InlineData("tlsMinimum=1.1", "gateway.tlsMinimum", "'1.1' is not 1.2 or 1.3")]
    [InlineData("certificateFile=/c.pem", "gateway.privateKeyFile", "set both or none")]
    [InlineData("privateKeyFile=/k.pem", "gateway.certificateFile", "set both or none")]
    [InlineData("httpsClientCertificates=required", "gateway.clientCa", "the file of authorities is missing")]
    [InlineData("maxHead=100", "gateway.maxHead", "between 256 and 49152")]
    [InlineData("loops=-1", "gateway.loops", "between 0 and 1024")]
    [InlineData("accessLogEvery=0", "gateway.accessLogEvery", "at least 1")]
    [InlineData("drainTimeout=2d", "gateway.drainTimeout", "at most 24h")]
    [InlineData("transport=fastest", "gateway.transport", "loops")]
    public async Task Wrong_option_stops_the_start_and_says_what_would_be_right(string settings, string option, string hint)
    {
        var pairs = settings.Split(' ').Select(s => s.Split('=')).Select(s => ($"gateway.{s[0]}", s[1])).ToArray();
        var e = await Assert.ThrowsAsync<HostStartException>(() => StartAsync(new GivenModule(), pairs));

        Assert.Equal(ExitCodes.InvalidInput, e.ExitCode);
        var line = Assert.Single(e.Message.Split('\n'), l => l.Contains(option, StringComparison.Ordinal));
        Assert.Contains(hint, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Routes_that_cannot_be_served_are_refused_at_apply()
    {
        var given = new GivenModule();
        await using var host = await StartAsync(given);
        var resources = host.Services.GetRequiredService<IResources>();
        await resources.CreateAsync("services", new("default", "pets"), Document("Service", "pets", "{}"), WriteContext.System, default);
        await CreateAsync("a", """{"path":"/pets/","hosts":["x.example","y.example"],"service":{"name":"pets"}}""");
        await CreateAsync("other-path", """{"path":"/cats","hosts":["x.example"],"service":{"name":"pets"}}""");

        Assert.Equal(["/spec/hosts/1"], await FaultsAsync("b", """{"path":"/pets","hosts":["z.example","Y.example"],"service":{"name":"pets"}}"""));
        Assert.Equal(["/spec/service/name"], await FaultsAsync("c", """{"path":"/c","service":{"name":"cats"}}"""));
        Assert.Equal(["/spec/hosts/0", "/spec/path", "/spec/service/name", "/spec/timeout"], await FaultsAsync("d", """{"path":"d","hosts":["*"],"timeout":"x","service":{"name":"no"}}"""));
        Assert.Equal(["/spec/service"], await FaultsAsync("e", """{"path":"/e"}"""));
        Assert.Equal(["/spec/hoste"], await FaultsAsync("f", """{"hoste":["a.example"],"service":{"name":"pets"}}"""));

        // Same path with other conditions is another claim; one that nobody could reach any more, or that would take all from another, is refused.
        await CreateAsync("get", """{"path":"/pets","hosts":["x.example"],"methods":["GET","HEAD"],"service":{"name":"pets"}}""");
        Assert.Equal(["/spec/hosts/0"], await FaultsAsync("shadowed", """{"path":"/pets","hosts":["x.example"],"methods":["GET"],"service":{"name":"pets"}}"""));
        Assert.Equal(["/spec/mirror/service/name", "/spec/split/parts/1/service/name"], await FaultsAsync("split",
            """{"path":"/s","split":{"parts":[{"service":{"name":"pets"},"share":"5%"},{"service":{"name":"no"}}]},"mirror":{"service":{"name":"neither"}}}"""));

        // The same route again is no conflict with itself.
        await resources.ReplaceAsync("routes", new("default", "a"), Document("Route", "a", """{"path":"/pets","hosts":["x.example"],"service":{"name":"pets"}}"""), WriteContext.System, default);

        Task CreateAsync(string name, string spec) => resources.CreateAsync("routes", new("default", name), Document("Route", name, spec), WriteContext.System, default);

        async Task<string[]> FaultsAsync(string name, string spec)
        {
            var e = await Assert.ThrowsAsync<BanyanException>(() => CreateAsync(name, spec));
            return [.. e.Faults.Select(f => f.Pointer).Order(StringComparer.Ordinal)];
        }
    }

    [Fact]
    public async Task Certificate_applied_to_the_store_is_served_and_shown_without_its_key()
    {
        using var authority = new TestAuthority();
        var (certificate, key) = authority.Issue(["shop.example"]);
        await using var host = await StartAsync(new GivenModule(), ("gateway.https", "127.0.0.1:0"));
        var resources = host.Services.GetRequiredService<IResources>();
        var spec = new JsonObject { ["certificate"] = certificate, ["privateKey"] = key };
        await resources.CreateAsync("certificates", new("default", "shop"), Document("Certificate", "shop", spec.ToJsonString()), WriteContext.System, default);

        var shown = await Eventually.Value(
            async () =>
            {
                using var answer = await Client().SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(host.HttpUrl, "/api/v1/gateway/certificates")), default);
                var text = await answer.Content.ReadAsStringAsync();
                return text.Contains("shop.example", StringComparison.Ordinal) ? text : null;
            },
            "the certificate to be shown");
        Assert.DoesNotContain("PRIVATE KEY", shown, StringComparison.Ordinal);
        var entry = Assert.Single(JsonNode.Parse(shown)!["certificates"]!.AsArray())!;
        Assert.Equal(("shop", "inline", true), ((string?)entry["name"], (string?)entry["source"], (bool)entry["inUse"]!));
        Assert.Null(entry["problem"]);

        var https = host.Services.GetRequiredService<GatewayListener>().Https!;
        Assert.Equal("https", https.Scheme);
        using var client = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false, SslOptions = new() { RemoteCertificateValidationCallback = (_, c, _, _) => c!.Subject == "CN=shop.example" } });
        using var unrouted = await client.SendAsync(new HttpRequestMessage(HttpMethod.Get, https) { Headers = { Host = "shop.example" } }, default);
        Assert.Equal(HttpStatusCode.NotFound, unrouted.StatusCode);
    }

    [Fact]
    public async Task Tls_options_that_do_not_fit_together_stop_the_start()
    {
        var e = await Assert.ThrowsAsync<HostStartException>(() => StartAsync(
            new GivenModule(), ("gateway.https", "127.0.0.1:0"), ("gateway.tlsMinimum", "1.1"), ("gateway.certificateFile", "/a"), ("gateway.httpsClientCertificates", "required")));
        Assert.Contains("gateway.tlsMinimum", e.Message, StringComparison.Ordinal);
        Assert.Contains("gateway.privateKeyFile", e.Message, StringComparison.Ordinal);
        Assert.Contains("gateway.clientCa", e.Message, StringComparison.Ordinal);

        var missing = await Assert.ThrowsAsync<HostStartException>(() => StartAsync(
            new GivenModule(), ("gateway.https", "127.0.0.1:0"), ("gateway.httpsClientCertificates", "required"), ("gateway.clientCa", "/there/is/none.pem")));
        Assert.Contains("/there/is/none.pem", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Policy_applied_to_the_store_is_in_force_until_it_is_deleted_and_seen_in_the_table()
    {
        await using var upstream = await WebUpstream.StartAsync(context => context.Response.WriteAsync("pets"));
        var given = new GivenModule();
        await using var host = await StartAsync(given, ("gateway.zone", "a"));
        using var client = Client();
        given.Tell(new WatchResponse { Reset = true, Changed = { Entries.Instance("pets", "pets-1", upstream.Port), Entries.Instance("pets", "pets-2", upstream.Port) } });
        await Eventually.True(() => host.NotReadyBecause is null, "the instances to be known");
        var resources = host.Services.GetRequiredService<IResources>();
        await resources.CreateAsync("services", new("default", "pets"), Document("Service", "pets", "{}"), WriteContext.System, default);
        await CreateAsync("pets", """{"service":"pets","balancer":"leastLatency","concurrency":{"maxPerInstance":8},"rateLimits":[{"name":"calls","requests":5,"per":"1h"}]}""");
        await Eventually.True(async () => (await PetsAsync()) is { } pets && pets.GetProperty("balancer").GetString() == "leastLatency", "the policy to be in force");

        // 1. What the table says.
        var seen = (await PetsAsync())!.Value;
        Assert.Equal("closed", seen.GetProperty("circuit").GetString());
        Assert.Equal(8, seen.GetProperty("maxPerInstance").GetInt32());
        Assert.Equal("calls", seen.GetProperty("rateLimits")[0].GetProperty("name").GetString());
        Assert.Equal(["pets-1", "pets-2"], seen.GetProperty("endpoints").EnumerateArray().Select(e => e.GetProperty("id").GetString()));
        Assert.False(seen.GetProperty("endpoints")[0].GetProperty("ejected").GetBoolean());

        // 2. What is refused: another policy for the service, a service that is not there, values out of range.
        Assert.Equal(["/spec/service"], await FaultsAsync("again", """{"service":"pets"}"""));
        Assert.Equal(["/spec/service"], await FaultsAsync("cats", """{"service":"cats"}"""));
        Assert.Equal(["/spec/balancer", "/spec/service"], await FaultsAsync("cats", """{"service":"cats","balancer":"best"}"""));

        // 3. Gone: the defaults again.
        await resources.DeleteAsync("trafficpolicies", new("default", "pets"), WriteContext.System, default);
        await Eventually.True(async () => (await PetsAsync())!.Value.GetProperty("balancer").GetString() == "roundRobin", "the defaults to be in force");
        Assert.False((await PetsAsync())!.Value.TryGetProperty("maxPerInstance", out _));

        Task CreateAsync(string name, string spec) => resources.CreateAsync("trafficpolicies", new("default", name), Document("TrafficPolicy", name, spec), WriteContext.System, default);

        async Task<string[]> FaultsAsync(string name, string spec)
        {
            var e = await Assert.ThrowsAsync<BanyanException>(() => CreateAsync(name, spec));
            return [.. e.Faults.Select(f => f.Pointer).Order(StringComparer.Ordinal)];
        }

        async Task<JsonElement?> PetsAsync()
        {
            using var answer = await client.SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(host.HttpUrl, "/api/v1/gateway/clusters")), default);
            var table = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
            Assert.Equal("a", table.GetProperty("zone").GetString());
            return table.GetProperty("clusters").EnumerateArray().Where(c => c.GetProperty("name").GetString() == "pets").Select(c => (JsonElement?)c).SingleOrDefault();
        }
    }

    private static Task<ModuleHost> StartAsync(GivenModule given, params (string Key, string Value)[] settings)
    {
        var all = new Dictionary<string, string> { ["host.http"] = "127.0.0.1:0", ["host.grpc"] = "127.0.0.1:0", ["gateway.http"] = "127.0.0.1:0" };
        foreach (var (key, value) in settings)
        {
            all[key] = value;
        }

        return ModuleHost.StartAsync([given, new GatewayModule()], all);
    }

    private static JsonObject Document(string kind, string name, string spec) => new()
    {
        ["apiVersion"] = "banyan/v1",
        ["kind"] = kind,
        ["metadata"] = new JsonObject { ["domain"] = "default", ["name"] = name },
        ["spec"] = JsonNode.Parse(spec),
    };

    private static HttpMessageInvoker Client() => new(new SocketsHttpHandler { UseProxy = false });

    private static async Task<HttpStatusCode> StatusAsync(HttpMessageInvoker client, Uri address)
    {
        using var response = await client.SendAsync(new HttpRequestMessage(HttpMethod.Get, address), default);
        return response.StatusCode;
    }
}
