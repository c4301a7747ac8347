using System.Net.Sockets;
using System.Security.Cryptography;
using Banyan.Contracts;
using Banyan.Gateway.AccessLog;
using Banyan.Gateway.Clusters;
using Banyan.Gateway.Exchanges;
using Banyan.Gateway.Forwarding;
using Banyan.Gateway.Routing;
using Banyan.Hosting;
using Banyan.Loops;
using Banyan.Loops.Sockets;
using Microsoft.Extensions.Logging;

namespace Banyan.Gateway.Listening;

/// <summary>HTTP on the gateway's own event loops: starts them, shares the port between them, drains and stops them.</summary>
internal sealed class LoopTransport(
    GatewayOptions options,
    RouteTable routes,
    ClusterTable clusters,
    GatewayIdentity identity,
    GatewayMetrics metrics,
    AccessLogQueue accessLog,
    ConnectionLimits limits,
    TimeProvider clock,
    ILogger<LoopTransport> log) : IAsyncDisposable
{
    private static readonly TimeSpan DrainLook = TimeSpan.FromMilliseconds(20);

    private GatewayLoop[] _loops = [];
    private bool _cut;

    /// <summary>The loops that run; none before <see cref="Start"/>.</summary>
    public IReadOnlyList<GatewayLoop> Loops => _loops;

    /// <summary>The port for HTTP/2 without TLS; 0 when there is none.</summary>
    public int Http2Port { get; private set; }

    /// <summary>Opens the ports and starts; returns that of HTTP/1.1.</summary>
    /// <exception cref="HostStartException">An address is taken or not allowed.</exception>
    public int Start()
    {
        var count = options.Loops > 0 ? options.Loops : Environment.ProcessorCount;
        var address = LoopAddress.Of(options.Http.EndPoint.Address, options.Http.Port);
        Probe(options.Http, "gateway.http");
        var http2 = default(LoopAddress);
        if (options.Http2 is { } second)
        {
            http2 = LoopAddress.Of(second.EndPoint.Address, second.Port);
            Probe(second, "gateway.http2");
        }

        var shared = new LoopOptions { Clock = clock, OnFault = (loop, fault) => GatewayLog.LoopDefect(log, fault, loop.Index) };
        var loops = new GatewayLoop[count];
        try
        {
            for (var i = 0; i < count; i++)
            {
                var services = new ExchangeServices(
                    options, routes, clusters, identity, new ExchangeJournal(metrics, accessLog, clock), clock, new Random(RandomNumberGenerator.GetInt32(int.MaxValue)));
                loops[i] = new GatewayLoop(new EventLoop(i, shared), services, limits, identity);
                address = loops[i].Listen(address, new ListenOptions { SharedPort = count > 1 });
                if (options.Http2 is not null)
                {
                    http2 = loops[i].ListenHttp2(http2, new ListenOptions { SharedPort = count > 1 });
                    Http2Port = http2.Port;
                }
            }
        }
        catch (LoopException e)
        {
            foreach (var loop in loops.Where(l => l is not null))
            {
                loop.Loop.Dispose();
            }

            throw new HostStartException(HostErrors.PortUnusable, ExitCodes.PortInUse, $"{e.Message} Choose other addresses with '--set gateway.http=HOST:PORT' and '--set gateway.http2=HOST:PORT'.", e);
        }

        _loops = loops;
        foreach (var loop in loops)
        {
            loop.Loop.Start();
        }

        return address.Port;
    }

    /// <summary>Takes no new connection, lets running requests end within the token's time, then cuts.</summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        if (_cut)
        {
            return;
        }

        _cut = true;
        await Task.WhenAll(_loops.Select(loop => loop.Loop.RunAsync(loop.Drain)));
        try
        {
            while (_loops.Any(loop => loop.Open > 0))
            {
                await Task.Delay(DrainLook, clock, cancellation);
            }
        }
        catch (OperationCanceledException)
        {
            // The time is over: what still runs is cut.
        }

        await Task.WhenAll(_loops.Select(loop => loop.Loop.RunAsync(loop.Cut)));
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        now.Cancel();
        await StopAsync(now.Token);
        foreach (var loop in _loops)
        {
            loop.Loop.Dispose();
        }
    }

    // Several gateways would share a port without a word, because their loops do; the first socket asks for it alone, and says what is wrong with it in known terms.
    private static void Probe(ListenAddress listen, string setting)
    {
        var address = listen.EndPoint;
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(address);
        }
        catch (SocketException e)
        {
            throw HostErrors.ForListen(e, listen, setting) ?? (Exception)e;
        }
    }
}
