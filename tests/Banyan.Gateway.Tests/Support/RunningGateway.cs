using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Banyan.Contracts.Registry.V1;
using Banyan.Gateway.AccessLog;
using Banyan.Gateway.Certificates;
using Banyan.Gateway.Clusters;
using Banyan.Gateway.Forwarding;
using Banyan.Gateway.Listening;
using Banyan.Gateway.Routing;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Banyan.Gateway.Tests.Support;

/// <summary>The gateway's engine on a free port, with routes and instances given by the test instead of by store and registry.</summary>
internal sealed class RunningGateway : IAsyncDisposable
{
    // The server's TLS takes parts of itself from a container.
    private static readonly Microsoft.AspNetCore.Builder.WebApplication Server = MakeServer();

    private readonly GatewayListener _listener;
    private readonly UpstreamTransport _transport;
    private readonly HttpMessageInvoker _client;
    private readonly GatewayMetrics _metrics = new();

    private RunningGateway(GatewayOptions options)
    {
        Clusters = GivenClusters.Table();
        Routes = new RouteTable(Clusters);
        Options = options;
        Identity = new GatewayIdentity(options);
        _transport = new UpstreamTransport(options, TimeProvider.System);
        Log = new AccessLogQueue(options, _metrics);
        var forwarder = new Forwarder(Routes, Clusters, _transport, options, Identity, TimeProvider.System);
        var application = new GatewayApplication(forwarder, _metrics, Log, TimeProvider.System, NullLogger<GatewayApplication>.Instance);
        var limits = new ConnectionLimits(options, _metrics, NullLogger<ConnectionLimits>.Instance);
        var loops = new LoopTransport(options, Routes, Clusters, Identity, _metrics, Log, limits, TimeProvider.System, NullLogger<LoopTransport>.Instance);
        _listener = new GatewayListener(options, application, loops, new TlsHandshakes(options, Certificates), Server.Services, NullLoggerFactory.Instance);
        _client = new HttpMessageInvoker(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false, EnableMultipleHttp2Connections = true });
    }

    public CertificateTable Certificates { get; } = new();

    public ClusterTable Clusters { get; }

    public RouteTable Routes { get; }

    public GatewayOptions Options { get; }

    public GatewayIdentity Identity { get; }

    public AccessLogQueue Log { get; }

    public Uri Http => _listener.Http!;

    public Uri Http2 => _listener.Http2!;

    public Uri Https => _listener.Https!;

    public static async Task<RunningGateway> StartAsync(Action<GatewayOptions>? change = null)
    {
        var options = new GatewayOptions { Http = new Hosting.ListenAddress("127.0.0.1", 0), AccessLog = AccessLogMode.All };
        change?.Invoke(options);
        var gateway = new RunningGateway(options);
        await gateway._listener.StartAsync(CancellationToken.None);
        return gateway;
    }

    /// <summary>A gateway with one route for everything, to service <c>app</c> with these instances.</summary>
    public static async Task<RunningGateway> ToAsync(int[] ports, Action<GatewayOptions>? change = null, string? timeout = null, string scheme = "http")
    {
        var gateway = await StartAsync(change);
        gateway.Routes.Replace([Entries.Route("app", timeout: timeout)]);
        gateway.Instances([.. ports.Select((port, i) => Entries.Instance("app", $"app-{i + 1}", port, scheme: scheme))]);
        return gateway;
    }

    public void Instances(params Instance[] instances) => Clusters.Apply(new WatchResponse { Reset = true, Changed = { instances } });

    public Task<HttpResponseMessage> GetAsync(string path = "/", string host = "app.test") =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(Http, path)) { Headers = { Host = host } });

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation = default) => _client.SendAsync(request, cancellation);

    /// <summary>True while the port is open.</summary>
    public bool Accepts
    {
        get
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Connect(IPAddress.Loopback, Http.Port);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        }
    }

    /// <summary>Stops as at the end of the process: takes nothing new, waits for what runs.</summary>
    public Task StopAsync() => _listener.StopAsync(CancellationToken.None);

    /// <summary>A plain connection to the gateway's port.</summary>
    public async Task<RawConnection> ConnectAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, Http.Port);
        return new RawConnection(socket);
    }

    /// <summary>The record of the next request that ends.</summary>
    public async Task<RequestRecord> NextRecordAsync()
    {
        using var deadline = new CancellationTokenSource(Testing.Eventually.Deadline);
        return await Log.Lines.ReadAsync(deadline.Token);
    }

    private static Microsoft.AspNetCore.Builder.WebApplication MakeServer()
    {
        var builder = Microsoft.AspNetCore.Builder.WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        return builder.Build();
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        now.Cancel();
        await _listener.StopAsync(now.Token);
        await _listener.DisposeAsync();
        _client.Dispose();
        _transport.Dispose();
        _metrics.Dispose();
    }
}
