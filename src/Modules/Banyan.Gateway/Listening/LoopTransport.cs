using System.Security.Cryptography;
using Banyan.Contracts;
using Banyan.Gateway.AccessLog;
using Banyan.Gateway.Certificates;
using Banyan.Gateway.Clusters;
using Banyan.Gateway.Exchanges;
using Banyan.Gateway.Handovers;
using Banyan.Gateway.Routing;
using Banyan.Gateway.Upstreams;
using Banyan.Hosting;
using Banyan.Loops;
using Banyan.Loops.Sockets;
using Microsoft.Extensions.Logging;

namespace Banyan.Gateway.Listening;

/// <summary>HTTP on loops of either kind: starts them, shares the ports between them, drains and stops them.</summary>
internal sealed class LoopTransport(
    GatewayOptions options,
    RouteTable routes,
    ClusterTable clusters,
    GatewayIdentity identity,
    GatewayMetrics metrics,
    AccessLogQueue accessLog,
    ConnectionLimits limits,
    CertificateTable certificates,
    TimeProvider clock,
    ILogger<LoopTransport> log) : IAsyncDisposable
{
    private readonly UpstreamTls _upstreamTls = new();
    private readonly CancellationTokenSource _stop = new();
    private GatewayLoop[] _loops = [];
    private HandoverPort? _handover;
    private GivenListeners? _given;
    private Task _succeeding = Task.CompletedTask;
    private IClientTls? _tls;
    private bool _cut;

    /// <summary>The loops that run; none before <see cref="Start"/>.</summary>
    public IReadOnlyList<GatewayLoop> Loops => _loops;

    /// <summary>Connections to instances: how many were opened, and how many times one was used again.</summary>
    public (long Opened, long Reused) Connections() => (_loops.Sum(l => l.Upstreams.Opened), _loops.Sum(l => l.Upstreams.Reused));

    /// <summary>The port for HTTP/2 without TLS; 0 when there is none.</summary>
    public int Http2Port { get; private set; }

    /// <summary>The port for TLS; 0 while there is none.</summary>
    public int SecurePort { get; private set; }

    /// <summary>Called when a successor has taken the listeners over: all that is left is to stop. Set before <see cref="Start"/>.</summary>
    public Action HandedOver { get; set; } = static () => { };

    /// <summary>Whether requests can be answered: until then listeners are not taken over. Set before <see cref="Start"/>.</summary>
    public Func<bool> IsReady { get; set; } = static () => true;

    /// <summary>Opens the ports and starts; returns the one without TLS.</summary>
    /// <param name="portable">True: over the framework's sockets and TLS; false: over epoll and OpenSSL.</param>
    /// <exception cref="HostStartException">An address is taken or not allowed, or a file that is named cannot be used.</exception>
    public int Start(bool portable)
    {
        var count = options.Loops > 0 ? options.Loops : Environment.ProcessorCount;
        var address = options.Http.ToLoopAddress();
        _upstreamTls.Prepare(options.UpstreamCa, "gateway.upstreamCa");
        _handover = options.Handover is { } path ? HandoverPort.Open(path, clock, log) : null;
        var given = _given = _handover is null ? new GivenListeners(null, []) : HandoverRequest.Make(options.Handover!, clock, log);
        Probe(options.Http, "gateway.http", given);
        var http2 = default(LoopAddress);
        if (options.Http2 is { } second)
        {
            http2 = second.ToLoopAddress();
            Probe(second, "gateway.http2", given);
        }

        var secureAddress = default(LoopAddress);
        if (options.Https is { } https)
        {
            secureAddress = https.ToLoopAddress();
            Probe(https, "gateway.https", given);
            _tls = portable ? new FrameworkTls(options, certificates) : new LoopTls(options, certificates, clock, log);
        }

        var shared = new LoopOptions { Portable = portable, Clock = clock, OnFault = (loop, fault) => GatewayLog.LoopDefect(log, fault, loop.Index) };
        var loops = new GatewayLoop[count];
        try
        {
            for (var i = 0; i < count; i++)
            {
                var services = new ExchangeServices(
                    options, routes, clusters, identity, new ExchangeJournal(metrics, accessLog, clock, i), clock, new Random(RandomNumberGenerator.GetInt32(int.MaxValue)));
                loops[i] = new GatewayLoop(new EventLoop(i, shared), services, _upstreamTls, limits, identity) { Given = given };
                address = loops[i].Listen(address, new ListenOptions { SharedPort = count > 1 });
                if (options.Http2 is not null)
                {
                    http2 = loops[i].ListenHttp2(http2, new ListenOptions { SharedPort = count > 1 });
                    Http2Port = http2.Port;
                }

                if (_tls is { } tls)
                {
                    secureAddress = loops[i].ListenSecure(secureAddress, new ListenOptions { SharedPort = count > 1 }, tls);
                    SecurePort = secureAddress.Port;
                }
            }

            given.Spread(loops);
        }
        catch (LoopException e)
        {
            LoopEnding.DeleteSockets(loops.Where(l => l is not null), given.IsAlone);
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

        _succeeding = _handover is { } handover ? SucceedAsync(handover, given) : Task.CompletedTask;
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
        await _stop.CancelAsync();
        await _succeeding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _given?.Dispose();
        if (_handover is { } handover)
        {
            await handover.DisposeAsync();
        }

        await LoopEnding.RunAsync(_loops, address => _given!.IsAlone(address), clock, cancellation);
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

        _tls?.Dispose();
        _upstreamTls.Dispose();
    }

    // The gateway that runs takes the clients until this one can serve them; from then on this is the one that a next one asks.
    private async Task SucceedAsync(HandoverPort handover, GivenListeners given)
    {
        if (given.AnyTaken)
        {
            while (!IsReady() && !given.IsLost)
            {
                await Task.Delay(LoopEnding.Look, clock, _stop.Token);
            }

            await Task.WhenAll(_loops.Select(loop => loop.Loop.RunAsync(loop.ResumeListening)));
            try
            {
                GatewayLog.HandoverReceived(log, given.Confirm());
            }
            catch (LoopException e)
            {
                GatewayLog.HandoverUnheard(log, e.Message);
            }
        }

        given.Dispose();
        try
        {
            handover.Serve(_loops, HandedOver);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            GatewayLog.HandoverClosed(log, options.Handover!, e.Message);
        }
    }

    private static void Probe(ListenAddress listen, string setting, GivenListeners given)
    {
        if (!given.Has(listen.ToLoopAddress()))
        {
            listen.Probe(setting);
        }
    }
}
