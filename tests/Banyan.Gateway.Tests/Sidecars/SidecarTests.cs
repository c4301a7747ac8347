using System.Net.Sockets;
using Banyan.Contracts.Registry.V1;
using Banyan.Gateway.Clusters;
using Banyan.Gateway.Failures;
using Banyan.Gateway.Limits;
using Banyan.Gateway.Policies;
using Banyan.Gateway.Sidecars;
using Banyan.Gateway.Tests.Support;
using Banyan.Hosting;
using Banyan.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Banyan.Gateway.Tests.Sidecars;

public sealed class SidecarTests
{
    [Theory]
    [InlineData("/a?b=1", "orders", "orders")]
    [InlineData("/a?b=1", "ORDERS.", "ORDERS.")]
    [InlineData("/a?b=1", "orders.default", "orders.default")]
    [InlineData("/a?b=1", "orders:8080", "orders:8080")]
    [InlineData("http://orders/a?b=1", "orders", "orders")]
    [InlineData("http://orders.default:99/a?b=1", "orders.default:99", "orders.default:99")]
    public async Task Service_is_found_by_the_name_in_target_or_host(string target, string host, string seen)
    {
        await using var orders = Serving("orders");
        await using var others = Serving("others");
        await using var sidecar = await RunningSidecar.StartAsync([Entries.Instance("orders", "o-1", orders.Port), Entries.Instance("others", "x-1", others.Port)]);

        Assert.EndsWith("\r\n\r\norders", await sidecar.AskAsync("outbound", target, host));
        Assert.StartsWith($"GET /a?b=1 HTTP/1.1\r\nHost: {seen}\r\n", Assert.Single(orders.Heads));
        Assert.Empty(others.Heads);
    }

    [Theory]
    [InlineData("/", "carts", "'carts'")]
    [InlineData("http://carts.default:80/", "carts.default:80", "'carts.default'")]
    [InlineData("/", "orders.shop", "'orders.shop'")]
    [InlineData("/", "127.0.0.1:9", "'127.0.0.1'")]
    public async Task Unknown_service_gets_404_that_names_it(string target, string host, string named)
    {
        await using var sidecar = await RunningSidecar.StartAsync([Entries.Instance("orders", "o-1", 1)]);
        var answer = await sidecar.AskAsync("outbound", target, host);

        Assert.StartsWith("HTTP/1.1 404 Not Found\r\n", answer);
        Assert.Contains("gateway/unknown-service", answer);
        Assert.Contains($"The service asked for is {named.Replace("'", "\\u0027")}, and no instance has registered", answer.Replace("'", "\\u0027"));
    }

    [Theory]
    [InlineData("CONNECT orders:443 HTTP/1.1\r\nHost: orders:443\r\n\r\n", "405", "client-method-refused")]
    [InlineData("GET http://orders/ HTTP/1.1\r\nHost: others\r\n\r\n", "400", "client-head-invalid")]
    [InlineData("GET http://orders/ HTTP/1.1\r\n\r\n", "400", "client-head-invalid")]
    [InlineData("GET http://orders/ HTTP/1.1\r\nHost: orders\r\nHost: others\r\n\r\n", "400", "client-head-invalid")]
    [InlineData("GET http://user@orders/ HTTP/1.1\r\nHost: orders\r\n\r\n", "400", "client-target-refused")]
    [InlineData("GET ftp://orders/ HTTP/1.1\r\nHost: orders\r\n\r\n", "400", "client-target-refused")]
    [InlineData("GET http:///x HTTP/1.1\r\nHost: orders\r\n\r\n", "400", "client-target-refused")]
    [InlineData("GET orders/x HTTP/1.1\r\nHost: orders\r\n\r\n", "400", "client-target-refused")]
    [InlineData("GET http://orders/../x HTTP/1.1\r\nHost: orders\r\n\r\n", "400", "client-target-refused")]
    [InlineData("POST http://orders/ HTTP/1.1\r\nHost: orders\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "400", "client-framing-refused")]
    public async Task Proxy_request_that_could_be_read_in_two_ways_reaches_nobody(string head, string status, string code)
    {
        await using var orders = Serving("orders");
        await using var sidecar = await RunningSidecar.StartAsync([Entries.Instance("orders", "o-1", orders.Port), Entries.Instance("others", "x-1", orders.Port)]);
        await using var client = await sidecar.ConnectAsync("outbound");
        await client.SendAsync(head);
        var answer = await client.ReadUntilAsync(code);

        Assert.StartsWith($"HTTP/1.1 {status} ", answer);
        Assert.Equal(0, orders.Connections);
    }

    [Fact]
    public async Task Port_leads_to_its_service_whatever_the_host_says()
    {
        await using var orders = Serving("orders");
        await using var carts = Serving("carts");
        var (first, second) = (FreePort.Next(), FreePort.Next());
        await using var sidecar = await RunningSidecar.StartAsync(
            [Entries.Instance("orders", "o-1", orders.Port), Entries.Instance("carts", "c-1", carts.Port)],
            ("sidecar.ports", $"{first}=orders,127.0.0.1:{second}=carts.default"));

        Assert.EndsWith("\r\n\r\norders", await sidecar.AskAsync($"port-{first}", "/", "carts"));
        Assert.EndsWith("\r\n\r\ncarts", await sidecar.AskAsync($"port-{second}", "/", $"127.0.0.1:{second}"));
        Assert.StartsWith($"GET / HTTP/1.1\r\nHost: 127.0.0.1:{second}\r\n", Assert.Single(carts.Heads));
    }

    [Fact]
    public async Task Port_of_a_service_without_instances_gets_503_until_one_comes()
    {
        await using var orders = Serving("orders");
        var port = FreePort.Next();
        await using var sidecar = await RunningSidecar.StartAsync([], ("sidecar.ports", $"{port}=orders"));
        Assert.Contains("gateway/no-instances", await sidecar.AskAsync($"port-{port}", "/", "x"));

        sidecar.Registry.Tell(Entries.Instance("orders", "o-1", orders.Port));
        await Eventually.True(async () => (await sidecar.AskAsync($"port-{port}", "/", "x")).EndsWith("\r\n\r\norders", StringComparison.Ordinal), "the new instance to be asked");
    }

    [Fact]
    public async Task Outbound_takes_Unix_sockets_beside_ports_on_every_loop()
    {
        using var directory = new TempDirectory();
        await using var orders = Serving("orders");
        await using var sidecar = await RunningSidecar.StartAsync(
            [Entries.Instance("orders", "o-1", orders.Port)], ("sidecar.outbound", $"unix:{directory["out"]}"), ("sidecar.ports", $"unix:{directory["orders"]}=orders"), ("sidecar.loops", "2"));

        for (var i = 0; i < 4; i++)
        {
            Assert.EndsWith("\r\n\r\norders", await sidecar.AskAsync("outbound", "/", "orders"));
        }

        Assert.EndsWith("\r\n\r\norders", await sidecar.AskAsync($"port-{directory["orders"]}", "/", "x"));
    }

    [Fact]
    public async Task Registry_that_is_away_leaves_the_instances_it_named_last()
    {
        await using var orders = Serving("orders");
        await using var sidecar = await RunningSidecar.StartAsync([Entries.Instance("orders", "o-1", orders.Port)]);
        Assert.Equal("default", sidecar.Registry.Watched);

        sidecar.Registry.Away = true;
        sidecar.Registry.Break();
        Assert.EndsWith("\r\n\r\norders", await sidecar.AskAsync("outbound", "/", "orders"));
        Assert.Null(sidecar.Host.NotReadyBecause);
    }

    [Fact]
    public async Task Before_the_first_list_nobody_is_called_unknown()
    {
        await using var sidecar = await RunningSidecar.StartAsync(new GivenRegistry());

        Assert.Contains("the list of instances has not come from the registry yet", sidecar.Host.NotReadyBecause);
        Assert.Contains("gateway/gateway-no-instance-list", await sidecar.AskAsync("outbound", "/", "orders"));
    }

    [Fact]
    public void List_that_has_come_is_ready_once_its_services_can_be_called()
    {
        using var sidecar = new Sidecar(new SidecarOptions { Service = "pets" }, new ManualClock(), NullLogger<ClusterTable>.Instance);
        sidecar.Clusters.Apply(new WatchResponse { Reset = true, Changed = { Entries.Instance("orders", "o-1", 1) } });
        Assert.Contains("the list of instances has not come", sidecar.NotReadyBecause);
        Assert.Equal(FailureReason.GatewayNoInstanceList, sidecar.Faces[0].Unrouted("orders").Reason);

        sidecar.NameServices();
        Assert.Null(sidecar.NotReadyBecause);
        Assert.Equal("orders", sidecar.Faces[0].Routes.Current!.Find(new Asked("orders").Match)!.Cluster.Name.Service);
    }

    [Fact]
    public async Task Other_domains_are_called_by_both_names_when_the_sidecar_may()
    {
        await using var orders = Serving("orders");
        var instance = Entries.Instance("orders", "o-1", orders.Port);
        instance.Domain = "shop";
        await using var sidecar = await RunningSidecar.StartAsync([instance], ("sidecar.allDomains", "true"));

        Assert.Equal(string.Empty, sidecar.Registry.Watched);
        Assert.EndsWith("\r\n\r\norders", await sidecar.AskAsync("outbound", "/", "orders.shop"));
        Assert.StartsWith("HTTP/1.1 404 ", await sidecar.AskAsync("outbound", "/", "orders"));
    }

    [Fact]
    public async Task Inbound_requests_reach_the_program()
    {
        await using var app = Serving("app");
        await using var sidecar = await RunningSidecar.StartAsync([], Inbound($"127.0.0.1:{app.Port}"));

        Assert.EndsWith("\r\n\r\napp", await sidecar.AskAsync("inbound", "/x", "any.example"));
        Assert.StartsWith("GET /x HTTP/1.1\r\nHost: any.example\r\n", Assert.Single(app.Heads));
    }

    [Fact]
    public async Task Inbound_is_parsed_strictly()
    {
        await using var app = Serving("app");
        await using var sidecar = await RunningSidecar.StartAsync([], Inbound($"127.0.0.1:{app.Port}"));
        await using var client = await sidecar.ConnectAsync("inbound");
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 400 ", await client.ReadUntilAsync("client-framing-refused"));
        Assert.Equal(0, app.Connections);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Program_that_is_not_up_gives_503_and_the_place_where_it_should_listen(bool unix)
    {
        using var directory = new TempDirectory();
        var app = unix ? $"unix:{directory["app"]}" : $"127.0.0.1:{FreePort.Next()}";
        await using var sidecar = await RunningSidecar.StartAsync([], Inbound(app));
        var answer = await sidecar.AskAsync("inbound", "/", "a");

        Assert.StartsWith("HTTP/1.1 503 Service Unavailable\r\n", answer);
        Assert.Contains("gateway/app-not-up", answer);
        Assert.Contains($"does not accept connections at {app}. Start it there, or set sidecar.app", answer);
    }

    [Fact]
    public async Task Program_behind_a_Unix_socket_is_served()
    {
        using var directory = new TempDirectory();
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(directory["app"]));
        listener.Listen();
        var serving = Task.Run(async () =>
        {
            await using var connection = new RawConnection(await listener.AcceptAsync());
            await connection.ReadHeadAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        });
        await using var sidecar = await RunningSidecar.StartAsync([], Inbound($"unix:{directory["app"]}"));

        Assert.EndsWith("\r\n\r\nok", await sidecar.AskAsync("inbound", "/", "a"));
        await serving;
    }

    [Fact]
    public async Task Limits_of_the_service_hold_on_the_way_in_also_those_that_gateways_share()
    {
        await using var app = Serving("app");
        await using var sidecar = await RunningSidecar.StartAsync([], Inbound($"127.0.0.1:{app.Port}"));
        sidecar.Sidecar.Use(
            new ServiceName("default", "pets"),
            TrafficSettings.Default with { RateLimits = [new RateLimitSettings("two", RateLimitSettings.All, 2, TimeSpan.FromHours(1), 2, Shared: true)] });

        Assert.EndsWith("app", await sidecar.AskAsync("inbound", "/", "a"));
        Assert.EndsWith("app", await sidecar.AskAsync("inbound", "/", "a"));
        var third = await sidecar.AskAsync("inbound", "/", "a");
        Assert.StartsWith("HTTP/1.1 429 ", third);
        Assert.Contains("\r\nRateLimit-Policy: \"two\";q=2;w=3600\r\n", third);
    }

    [Fact]
    public async Task Limits_of_a_called_service_hold_on_the_way_out()
    {
        await using var orders = Serving("orders");
        await using var sidecar = await RunningSidecar.StartAsync([Entries.Instance("orders", "o-1", orders.Port)]);
        sidecar.Sidecar.Use(
            new ServiceName("default", "orders"),
            TrafficSettings.Default with { RateLimits = [new RateLimitSettings("one", RateLimitSettings.All, 1, TimeSpan.FromHours(1), 1, Shared: false)] });

        Assert.EndsWith("orders", await sidecar.AskAsync("outbound", "/", "orders"));
        Assert.StartsWith("HTTP/1.1 429 ", await sidecar.AskAsync("outbound", "/", "orders"));
    }

    [Fact]
    public async Task Service_that_calls_itself_through_its_sidecar_is_no_loop()
    {
        await using var app = Serving("app");
        var inbound = FreePort.Next();
        await using var sidecar = await RunningSidecar.StartAsync(
            [Entries.Instance("pets", "pets-1", inbound)], [("sidecar.inbound", $"127.0.0.1:{inbound}"), ("sidecar.app", $"127.0.0.1:{app.Port}")]);

        Assert.EndsWith("\r\n\r\napp", await sidecar.AskAsync("outbound", "/", "pets"));
        Assert.Equal(2, Assert.Single(app.Heads).Split('\n').Single(l => l.StartsWith("Via: ", StringComparison.Ordinal)).Split(',').Length);
    }

    [Fact]
    public async Task Retry_goes_to_another_instance_on_the_way_out()
    {
        await using var orders = Serving("orders");
        await using var sidecar = await RunningSidecar.StartAsync([Entries.Instance("orders", "o-1", FreePort.Next()), Entries.Instance("orders", "o-2", orders.Port)]);

        for (var i = 0; i < 4; i++)
        {
            Assert.EndsWith("\r\n\r\norders", await sidecar.AskAsync("outbound", "/", "orders", "POST"));
        }
    }

    [Fact]
    public async Task Requests_are_counted_by_face_and_service()
    {
        await using var orders = Serving("orders");
        await using var sidecar = await RunningSidecar.StartAsync([Entries.Instance("orders", "o-1", orders.Port)]);
        await sidecar.AskAsync("outbound", "/", "orders");
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var metrics = string.Empty;
        await Eventually.True(
            async () => (metrics = await client.GetStringAsync(new Uri(sidecar.Host.HttpUrl, "/metrics"))).Contains("banyan_sidecar_requests_total{class=\"2xx\",route=\"outbound/default/orders\"} 1", StringComparison.Ordinal),
            "the request to be counted");
    }

    [Fact]
    public async Task Address_that_is_taken_stops_the_start_and_names_the_setting()
    {
        using var taken = new TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var e = await Assert.ThrowsAsync<HostStartException>(() => RunningSidecar.StartAsync([], ("sidecar.outbound", taken.LocalEndpoint.ToString()!)));

        Assert.Contains("sidecar.outbound", e.Message);
    }

    [Fact]
    public async Task Start_that_fails_leaves_no_socket_behind()
    {
        using var directory = new TempDirectory();
        await File.WriteAllTextAsync(directory["file"], "mine");
        var e = await Assert.ThrowsAsync<HostStartException>(() => RunningSidecar.StartAsync(
            new GivenRegistry(), ("sidecar.outbound", $"unix:{directory["out"]}"), ("sidecar.ports", $"unix:{directory["file"]}=orders")));

        Assert.Contains($"Cannot listen on unix:{directory["file"]}", e.Message);
        Assert.Equal([directory["file"]], Directory.GetFileSystemEntries(directory.Path));
    }

    private static (string, string)[] Inbound(string app) => [("sidecar.inbound", "127.0.0.1:0"), ("sidecar.app", app)];

    private static ScriptedUpstream Serving(string name) => ScriptedUpstream.Run(async (me, connection) =>
    {
        while (true)
        {
            await me.HeadAsync(connection);
            await connection.SendAsync($"HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: {name.Length}\r\n\r\n{name}");
        }
    });
}
