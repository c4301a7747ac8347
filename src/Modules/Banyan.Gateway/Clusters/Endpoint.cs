using Banyan.Gateway.Balancing;
using Banyan.Gateway.Ejection;

namespace Banyan.Gateway.Clusters;

/// <summary>
/// One instance as the gateway calls it. Lives as long as the instance keeps its address, whatever its state, so that counters, latency and ejection outlast
/// changes of state.
/// </summary>
internal sealed class Endpoint
{
    private readonly ClusterState _cluster;
    private PeakLatency _latency;
    private int _active;
    private long _requests;
    private long _connectFailures;
    private long _rampSince;

    // By the cluster's tick alone.
    private long _requestsThen;
    private double _perSecond;

    public Endpoint(ClusterState cluster, string id, string host, int port, string scheme)
    {
        _cluster = cluster;
        Id = id;
        Host = host;
        Port = port;
        Scheme = scheme;
        Address = host.Contains(':') && !host.StartsWith('[') ? $"[{host}]:{port}" : $"{host}:{port}";
        Http2 = scheme is "grpc" or "grpcs";
        IsSecure = scheme is "https" or "grpcs";
    }

    public string Id { get; }

    public string Host { get; }

    public int Port { get; }

    /// <summary>As registered: <c>http</c>, <c>https</c>, <c>grpc</c>, <c>grpcs</c>.</summary>
    public string Scheme { get; }

    /// <summary><c>host:port</c>, brackets included.</summary>
    public string Address { get; }

    /// <summary>True: spoken to in HTTP/2.</summary>
    public bool Http2 { get; }

    /// <summary>True: spoken to over TLS.</summary>
    public bool IsSecure { get; }

    public int Active => Volatile.Read(ref _active);

    public long Requests => Interlocked.Read(ref _requests);

    public long ConnectFailures => Interlocked.Read(ref _connectFailures);

    /// <summary>Requests a second, over the last seconds.</summary>
    public double PerSecond => Volatile.Read(ref _perSecond);

    public EndpointHealth Health { get; } = new();

    /// <summary>True while it has not its full weight yet.</summary>
    public bool IsRamping => Volatile.Read(ref _rampSince) != 0;

    /// <summary>Tells that a request goes to it.</summary>
    public void Begin()
    {
        Interlocked.Increment(ref _active);
        Interlocked.Increment(ref _requests);
        _cluster.Began();
    }

    /// <summary>
    /// Tells that a request has become a tunnel or an event stream, which may last for hours: it no longer counts against the service's limit. Its
    /// <see cref="End(in Outcome)"/> says so.
    /// </summary>
    public void Detach() => _cluster.Left();

    /// <summary>Tells how a request ended; once for each <see cref="Begin"/>.</summary>
    public void End(in Outcome outcome)
    {
        Interlocked.Decrement(ref _active);
        if (outcome.Kind == OutcomeKind.ConnectFailed)
        {
            Interlocked.Increment(ref _connectFailures);
        }

        _cluster.Ended(this, outcome);
    }

    public bool SameAddress(string host, int port, string scheme) => Port == port && Host == host && Scheme == scheme;

    /// <summary>Its recent latency in ticks of 100 ns; 0 = none seen.</summary>
    public long LatencyTicks(long now) => _latency.At(now);

    /// <summary>Takes a latency into account.</summary>
    public void Observe(long latencyTicks, long now) => _latency.Observe(latencyTicks, now);

    /// <summary>Begins to come to its full weight.</summary>
    public void BeginRamp(long now) => Volatile.Write(ref _rampSince, Math.Max(now, 1));

    /// <summary>Gives it its full weight at once.</summary>
    public void EndRamp() => Volatile.Write(ref _rampSince, 0);

    /// <summary>The part of its weight it has now: from a tenth up to 1, linear in time.</summary>
    public double Ramp(long now, long windowTicks)
    {
        var since = Volatile.Read(ref _rampSince);
        if (since == 0)
        {
            return 1;
        }

        var part = windowTicks <= 0 ? 1 : (double)(now - since) / windowTicks;
        if (part < 1)
        {
            return Math.Max(part, 0.1);
        }

        // Only if nobody began another ramp meanwhile.
        Interlocked.CompareExchange(ref _rampSince, 0, since);
        return 1;
    }

    /// <summary>Works out <see cref="PerSecond"/>; for one thread at a time.</summary>
    public void MeasureRate(double seconds)
    {
        var requests = Requests;
        var rate = (requests - _requestsThen) / seconds;
        _requestsThen = requests;
        Volatile.Write(ref _perSecond, _perSecond == 0 ? rate : (_perSecond + rate) / 2);
    }
}
