namespace Banyan.Gateway.Clusters;

/// <summary>
/// One instance as the gateway calls it. Lives as long as the instance keeps its address, whatever its state, so that counters (and later latency and ejection)
/// outlast changes of state.
/// </summary>
internal sealed class Endpoint
{
    private long _active;
    private long _requests;
    private long _connectFailures;

    public Endpoint(string id, string host, int port, string scheme)
    {
        Id = id;
        Host = host;
        Port = port;
        Scheme = scheme;
        Address = host.Contains(':') && !host.StartsWith('[') ? $"[{host}]:{port}" : $"{host}:{port}";
        Origin = $"{(scheme == "https" ? "https" : "http")}://{Address}";
        Http2 = scheme == "grpc";
    }

    public string Id { get; }

    public string Host { get; }

    public int Port { get; }

    /// <summary>As registered: <c>http</c>, <c>https</c>, <c>grpc</c>.</summary>
    public string Scheme { get; }

    /// <summary><c>host:port</c>, brackets included.</summary>
    public string Address { get; }

    /// <summary>What stands before the path in the URL.</summary>
    public string Origin { get; }

    /// <summary>True: spoken to in HTTP/2 with prior knowledge.</summary>
    public bool Http2 { get; }

    public long Active => Interlocked.Read(ref _active);

    public long Requests => Interlocked.Read(ref _requests);

    public long ConnectFailures => Interlocked.Read(ref _connectFailures);

    public void Begin()
    {
        Interlocked.Increment(ref _active);
        Interlocked.Increment(ref _requests);
    }

    public void End(bool connectFailed)
    {
        Interlocked.Decrement(ref _active);
        if (connectFailed)
        {
            Interlocked.Increment(ref _connectFailures);
        }
    }

    public bool SameAddress(string host, int port, string scheme) => Port == port && Host == host && Scheme == scheme;
}
