using System.Security.Cryptography;
using Banyan.Contracts;
using Banyan.Gateway.Exchanges;
using Banyan.Gateway.Handovers;
using Banyan.Gateway.Listening;
using Banyan.Gateway.Upstreams;
using Banyan.Hosting;
using Banyan.Loops;
using Banyan.Loops.Sockets;
using Microsoft.Extensions.Logging;

namespace Banyan.Gateway.Sidecars;

/// <summary>Opens the sidecar's faces on its event loops, and stops them. Every loop serves every face.</summary>
internal sealed class SidecarListener(
    SidecarOptions options, Sidecar sidecar, ConnectionLimits limits, TimeProvider clock, ILogger<SidecarListener> log) : IAsyncDisposable
{
    private readonly UpstreamTls _upstreamTls = new();
    private readonly GivenListeners _given = new(null, []);
    private EventLoop[] _loops = [];
    private GatewayLoop[] _served = [];
    private bool _stopped;

    /// <summary>Connections to instances: how many were opened, and how many times one was used again.</summary>
    public (long Opened, long Reused) Connections() => (_served.Sum(l => l.Upstreams.Opened), _served.Sum(l => l.Upstreams.Reused));

    /// <summary>Opens all faces; returns where each listens.</summary>
    /// <exception cref="HostStartException">An address is taken or not allowed, or the file of authorities cannot be used.</exception>
    public IReadOnlyList<(SidecarFace Face, Uri Url)> Start()
    {
        _upstreamTls.Prepare(options.UpstreamCa, "sidecar.upstreamCa");
        foreach (var face in sidecar.Faces)
        {
            face.Address.Probe(face.Setting);
        }

        var shared = new LoopOptions { Clock = clock, OnFault = (loop, fault) => GatewayLog.LoopDefect(log, fault, loop.Index) };
        _loops = [.. Enumerable.Range(0, options.Loops > 0 ? options.Loops : Environment.ProcessorCount).Select(i => new EventLoop(i, shared))];
        var urls = new List<(SidecarFace, Uri)>();
        var served = new List<GatewayLoop>();
        try
        {
            foreach (var face in sidecar.Faces)
            {
                var address = face.Address.ToLoopAddress();
                foreach (var loop in _loops)
                {
                    var open = new GatewayLoop(loop, Services(face, loop.Index), _upstreamTls, limits, face.Identity) { Given = _given };
                    address = open.Listen(address, new ListenOptions { SharedPort = _loops.Length > 1 });
                    served.Add(open);
                }

                urls.Add((face, face.Address.UrlFor(address.Port)));
            }
        }
        catch (LoopException e)
        {
            LoopEnding.DeleteSockets(served, _given.IsAlone);
            Array.ForEach(_loops, loop => loop.Dispose());
            _loops = [];
            throw new HostStartException(HostErrors.PortUnusable, ExitCodes.PortInUse, $"{e.Message} The sidecar's addresses are sidecar.outbound, sidecar.ports and sidecar.inbound.", e);
        }

        _served = [.. served];
        Array.ForEach(_loops, loop => loop.Start());
        return urls;
    }

    /// <summary>Takes no new connection, lets running requests end within the token's time, then cuts.</summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        if (!_stopped)
        {
            _stopped = true;
            await LoopEnding.RunAsync(_served, _given.IsAlone, clock, cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        now.Cancel();
        await StopAsync(now.Token);
        Array.ForEach(_loops, loop => loop.Dispose());
        _given.Dispose();
        _upstreamTls.Dispose();
    }

    private ExchangeServices Services(SidecarFace face, int loop)
    {
        var journal = new ExchangeJournal(sidecar.Metrics, sidecar.AccessLog, clock, loop);
        var services = new ExchangeServices(options, face.Routes, face.Clusters, face.Identity, journal, clock, new Random(RandomNumberGenerator.GetInt32(int.MaxValue)))
        {
            Unreached = face.Unreached,
        };
        services.Routes.Unrouted = face.Unrouted;
        return services;
    }
}
