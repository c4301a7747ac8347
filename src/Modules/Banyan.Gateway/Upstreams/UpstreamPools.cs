using Banyan.Gateway.Clusters;
using Banyan.Gateway.Failures;
using Banyan.Gateway.Http2;
using Banyan.Loops;
using Banyan.Loops.Timers;

namespace Banyan.Gateway.Upstreams;

/// <summary>All pools of one loop. Pools outlive routes and changes of state; one whose endpoint is gone empties by time and is then dropped.</summary>
internal sealed class UpstreamPools : ITimerOwner
{
    private const long SweepMilliseconds = 1000;

    private readonly EventLoop _loop;
    private readonly Http2Tools _http2;
    private readonly EngineOptions _options;
    private readonly UpstreamTls _tls;
    private readonly LoopTimer _sweep;
    private readonly Dictionary<Endpoint, UpstreamPool> _pools = [];
    private readonly List<Endpoint> _forgotten = [];
    private long _opened;
    private long _reused;

    public UpstreamPools(EventLoop loop, Http2Tools http2, EngineOptions options, UpstreamTls tls)
    {
        _loop = loop;
        _http2 = http2;
        _options = options;
        _tls = tls;
        _sweep = new LoopTimer(loop, this);
    }

    /// <summary>Connections opened, or tried to.</summary>
    public long Opened => Volatile.Read(ref _opened);

    /// <summary>Requests that got a connection which others had used before.</summary>
    public long Reused => Volatile.Read(ref _reused);

    /// <summary>Connections that wait for a user.</summary>
    public int Unused => _pools.Values.Sum(pool => pool.Unused);

    /// <summary>Why no connection to this instance can be opened at all; None when one can.</summary>
    public Failure Refusal(Endpoint endpoint) =>
        endpoint.Scheme is not ("http" or "https" or "grpc" or "grpcs")
            ? new Failure(FailureReason.UpstreamSchemeUnserved, $"Instance '{endpoint.Id}' speaks {endpoint.Scheme}, which the gateway does not. Register it with http, https, grpc or grpcs.")
        : endpoint.IsSecure && UpstreamTls.MissingReason(_loop) is { } missing ? new Failure(FailureReason.UpstreamTlsFailed, missing)
        : Failure.None;

    /// <summary>An unused connection to an instance; null when there is none.</summary>
    public UpstreamConnection? TryTake(Endpoint endpoint, bool check)
    {
        var connection = Of(endpoint).TryTake(check);
        if (connection is not null)
        {
            Volatile.Write(ref _reused, _reused + 1);
        }

        return connection;
    }

    /// <summary>Begins to open a connection.</summary>
    public UpstreamConnection Open(Endpoint endpoint, IUpstreamUser user)
    {
        Volatile.Write(ref _opened, _opened + 1);
        if (!_sweep.IsArmed)
        {
            _sweep.Arm(SweepMilliseconds);
        }

        return Of(endpoint).Open(user);
    }

    /// <summary>Closes everything unused.</summary>
    public void Clear()
    {
        _sweep.Dispose();
        foreach (var pool in _pools.Values)
        {
            pool.Drop();
        }
    }

    void ITimerOwner.OnTimer(LoopTimer timer)
    {
        foreach (var (endpoint, pool) in _pools)
        {
            pool.Sweep();
            if (pool.IsForgotten)
            {
                _forgotten.Add(endpoint);
            }
        }

        foreach (var endpoint in _forgotten)
        {
            _pools.Remove(endpoint, out var pool);
            pool!.Drop();
        }

        _forgotten.Clear();
        if (_pools.Count > 0)
        {
            timer.Arm(SweepMilliseconds);
        }
    }

    void ITimerOwner.OnTimerFault(LoopTimer timer, Exception fault) => timer.Arm(SweepMilliseconds);

    private UpstreamPool Of(Endpoint endpoint)
    {
        if (!_pools.TryGetValue(endpoint, out var pool))
        {
            _pools.Add(endpoint, pool = new UpstreamPool(endpoint, _loop, _http2, _options, _tls));
        }

        return pool;
    }
}
