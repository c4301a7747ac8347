using System.Net;
using System.Net.Sockets;
using Banyan.Contracts.Registry.V1;
using Banyan.Grpc;
using Banyan.Registry.Health;
using Banyan.Testing;

namespace Banyan.Registry.Tests.Health;

public class ProberTests
{
    private static readonly CheckPlan Http = new(ProbeKind.Http, "/healthz", 200, 399, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(20), 1, 1);

    [Theory]
    [InlineData(200, true)]
    [InlineData(302, true)]
    [InlineData(404, false)]
    [InlineData(503, false)]
    public async Task Http_check_passes_by_status(int status, bool passes)
    {
        await using var service = await TinyService.StartAsync();
        service.Status = status;

        var outcome = await ProbeAsync(Http, service.Port);

        Assert.Equal(new CheckOutcome(passes, $"http GET /healthz answered {status}"), outcome);
    }

    [Theory]
    [InlineData(ProbeKind.Http, "http GET /healthz: connection refused")]
    [InlineData(ProbeKind.Tcp, "tcp connect: connection refused")]
    [InlineData(ProbeKind.Grpc, "grpc health of '/healthz': connection refused")]
    public async Task Check_where_nobody_listens_is_refused(object probe, string text)
    {
        var outcome = await ProbeAsync(Http with { Probe = (ProbeKind)probe }, FreePort.Next());

        Assert.Equal(new CheckOutcome(false, text, Refused: true), outcome);
    }

    [Fact]
    public async Task Check_of_a_server_that_says_nothing_times_out()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        var outcome = await ProbeAsync(Http with { Timeout = TimeSpan.FromMilliseconds(200) }, ((IPEndPoint)listener.LocalEndpoint).Port);

        Assert.Equal(new CheckOutcome(false, "http GET /healthz did not answer within 0.2 s"), outcome);
    }

    [Fact]
    public async Task Tcp_check_passes_where_somebody_listens()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        var outcome = await ProbeAsync(Http with { Probe = ProbeKind.Tcp }, ((IPEndPoint)listener.LocalEndpoint).Port);

        Assert.Equal(new CheckOutcome(true, "tcp connect succeeded"), outcome);
    }

    [Fact]
    public async Task Check_is_cancelled_with_the_module_and_reports_nothing()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var cancel = new CancellationTokenSource();
        var running = ProbeAsync(Http, ((IPEndPoint)listener.LocalEndpoint).Port, cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("banyan.registry.v1.InstanceDirectory", false)]
    public async Task Grpc_check_asks_the_health_service(string service, bool passes)
    {
        await using var host = await TinyService.StartAsync(http2: true, map: app => app.MapGrpcService(TinyHealth.Service));

        var outcome = await ProbeAsync(Http with { Probe = ProbeKind.Grpc, Target = service }, host.Port);

        Assert.Equal(passes, outcome.Passed);
        Assert.Contains(passes ? "Serving" : "NotServing", outcome.Text, StringComparison.Ordinal);
    }

    private static async Task<CheckOutcome> ProbeAsync(CheckPlan plan, int port, CancellationToken cancellation = default)
    {
        using var prober = new Prober(TimeProvider.System);
        return await prober.ProbeAsync(plan, new Instance { Host = "127.0.0.1", Port = (uint)port, Scheme = "http" }, cancellation);
    }
}
