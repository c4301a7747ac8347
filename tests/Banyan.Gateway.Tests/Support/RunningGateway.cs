using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Banyan.Contracts.Registry.V1;
using Banyan.Gateway.AccessLog;
using Banyan.Gateway.Certificates;
using Banyan.Gateway.Clusters;
using Banyan.Gateway.Listening;
using Banyan.Gateway.Routing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Banyan.Gateway.Tests.Support;

/// <summary>The gateway's engine on a free port, with routes and instances given by the test instead of by store and registry.</summary>
internal sealed class RunningGateway : IAsyncDisposable
{
    private readonly GatewayListener _listener;
    private readonly HttpMessageInvoker _client;
    private readonly GatewayMetrics _metrics = new();
    private readonly TaskCompletionSource _handedOver = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RunningGateway(GatewayOptions options, TimeProvider clock)
    {
        Clusters = GivenClusters.Table();
        Routes = new RouteTable(Clusters);
        Options = options;
        Identity = new GatewayIdentity(options);
        Log = new AccessLogQueue(options, _metrics);
        var limits = new ConnectionLimits(options, _metrics, NullLogger<ConnectionLimits>.Instance);
        Loops = new LoopTransport(options, Routes, Clusters, Identity, _metrics, Log, limits, Certificates, clock, NullLogger<LoopTransport>.Instance);
        Loops.IsReady = () => Routes.Current is not null && Clusters.Synced;
        Loops.HandedOver = () => _handedOver.TrySetResult();
        _listener = new GatewayListener(options, Loops);
        _client = new HttpMessageInvoker(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false, EnableMultipleHttp2Connections = true });
    }

    public LoopTransport Loops { get; }

    /// <summary>Ends when a successor has taken the listeners.</summary>
    public Task HandedOver => _handedOver.Task;

    public CertificateTable Certificates { get; } = new();

    public ClusterTable Clusters { get; }

    public RouteTable Routes { get; }

    public GatewayOptions Options { get; }

    public GatewayIdentity Identity { get; }

    public AccessLogQueue Log { get; }

    public Uri Http => _listener.Http!;

    public Uri Http2 => _listener.Http2!;

    public Uri Https => _listener.Https!;

    /// <summary>A gateway without tables. No time of a connection's beginning or of a slow body runs out on a machine that stands still, unless the test says so.</summary>
    public static async Task<RunningGateway> StartAsync(Action<GatewayOptions>? change = null, TimeProvider? clock = null)
    {
        var options = new GatewayOptions
        {
            Http = new Hosting.ListenAddress("127.0.0.1", 0),
            AccessLog = AccessLogMode.All,
            ConnectTimeout = Testing.Eventually.Deadline,
            TlsHandshakeTimeout = Testing.Eventually.Deadline,
            RequestHeadTimeout = Testing.Eventually.Deadline,
            RequestMinimumRate = 0,
        };
        change?.Invoke(options);
        var gateway = new RunningGateway(options, clock ?? TimeProvider.System);
        await gateway._listener.StartAsync(CancellationToken.None);
        return gateway;
    }

    /// <summary>A gateway with one route for everything, to service <c>app</c> with these instances.</summary>
    public static async Task<RunningGateway> ToAsync(int[] ports, Action<GatewayOptions>? change = null, string? timeout = null, string scheme = "http", TimeProvider? clock = null)
    {
        var gateway = await StartAsync(change, clock);
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

    /// <summary>A plain connection to the gateway's port, or to another one of it.</summary>
    public async Task<RawConnection> ConnectAsync(int port = 0)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port == 0 ? Http.Port : port);
        return new RawConnection(socket);
    }

    /// <summary>The record of the next request that ends.</summary>
    public async Task<RequestRecord> NextRecordAsync()
    {
        using var deadline = new CancellationTokenSource(Testing.Eventually.Deadline);
        return await Log.Lines.ReadAsync(deadline.Token);
    }

    /// <summary>Stops as the module does: running requests end within the token's time.</summary>
    public Task StopAsync(CancellationToken cut) => _listener.StopAsync(cut);

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        now.Cancel();
        await _listener.StopAsync(now.Token);
        await _listener.DisposeAsync();
        _client.Dispose();
        _metrics.Dispose();
    }
}
