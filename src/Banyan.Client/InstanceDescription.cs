namespace Banyan.Client;

/// <summary>Names one instance.</summary>
/// <param name="Domain">The domain of its service.</param>
/// <param name="Service">Its service.</param>
/// <param name="Id">Unique within the service.</param>
public sealed record InstanceAddress(string Domain, string Service, string Id)
{
    internal string Path =>
        $"api/v1/domains/{BanyanClient.Escape(Domain)}/services/{BanyanClient.Escape(Service)}/instances/{BanyanClient.Escape(Id)}";
}

/// <summary>One instance and its state.</summary>
public sealed record InstanceDescription
{
    /// <summary>The domain of its service.</summary>
    public string Domain { get; init; } = string.Empty;

    /// <summary>Its service.</summary>
    public string Service { get; init; } = string.Empty;

    /// <summary>Unique within the service.</summary>
    public string Id { get; init; } = string.Empty;

    /// <summary>Host name or address callers connect to.</summary>
    public string Host { get; init; } = string.Empty;

    /// <summary>Port callers connect to.</summary>
    public int Port { get; init; }

    /// <summary><c>http</c>, <c>https</c>, <c>grpc</c> or <c>tcp</c>.</summary>
    public string? Scheme { get; init; }

    /// <summary>Its zone, if any.</summary>
    public string? Zone { get; init; }

    /// <summary>Relative share of traffic.</summary>
    public int? Weight { get; init; }

    /// <summary>Its software's version, if it said one.</summary>
    public string? Version { get; init; }

    /// <summary>Free words about it; <c>pid</c> is the process id where its starter knows it.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary><c>starting</c>, <c>up</c>, <c>down</c>, <c>draining</c> or <c>lost</c>.</summary>
    public string State { get; init; } = string.Empty;

    /// <summary>Why it is in this state.</summary>
    public string? Reason { get; init; }

    /// <summary>Since when it is in this state.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>When it was registered.</summary>
    public DateTimeOffset? RegisteredAt { get; init; }

    /// <summary>True when it renews a lease; false when it is only checked from outside.</summary>
    public bool Leased { get; init; }
}

/// <summary>A registration.</summary>
public sealed record InstanceRegistration
{
    /// <summary>Host name or address callers connect to.</summary>
    public required string Host { get; init; }

    /// <summary>Port callers connect to.</summary>
    public required int Port { get; init; }

    /// <summary><c>http</c> (default), <c>https</c>, <c>grpc</c> or <c>tcp</c>.</summary>
    public string? Scheme { get; init; }

    /// <summary>Its zone, if any.</summary>
    public string? Zone { get; init; }

    /// <summary>Relative share of traffic, 0 to 1000, default 100.</summary>
    public int? Weight { get; init; }

    /// <summary>Its software's version.</summary>
    public string? Version { get; init; }

    /// <summary>Free words about it.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>The health check the registry runs; null for none.</summary>
    public InstanceCheck? Check { get; init; }

    /// <summary>Time without heartbeat after which it is lost, for example <c>15s</c>; null for no lease.</summary>
    public string? Ttl { get; init; }
}

/// <summary>A health check the registry runs. Exactly one of the three probes.</summary>
public sealed record InstanceCheck
{
    /// <summary>GET a path.</summary>
    public HttpCheck? Http { get; init; }

    /// <summary>Open a connection.</summary>
    public TcpCheck? Tcp { get; init; }

    /// <summary>Ask the standard gRPC health service.</summary>
    public GrpcCheck? Grpc { get; init; }

    /// <summary>Between checks, for example <c>5s</c>.</summary>
    public string? Interval { get; init; }

    /// <summary>For one check, less than the interval.</summary>
    public string? Timeout { get; init; }

    /// <summary>Passes in a row before up.</summary>
    public int? Rise { get; init; }

    /// <summary>Failures in a row before down.</summary>
    public int? Fall { get; init; }
}

/// <summary>GET a path; 2xx and 3xx pass.</summary>
/// <param name="Path">The path.</param>
public sealed record HttpCheck(string Path);

/// <summary>Open a connection.</summary>
public sealed record TcpCheck;

/// <summary>Ask <c>grpc.health.v1.Health</c>.</summary>
/// <param name="Service">The name asked for; null for the whole server.</param>
public sealed record GrpcCheck(string? Service);

/// <summary>One message of an instance watch.</summary>
/// <param name="Reset">Forget what you knew; <paramref name="Changed"/> is all there is.</param>
/// <param name="Changed">New and changed instances.</param>
/// <param name="Removed">Instances that are gone.</param>
public sealed record InstanceChange(bool Reset, IReadOnlyList<InstanceDescription>? Changed, IReadOnlyList<InstanceAddress>? Removed);
