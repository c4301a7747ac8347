namespace Banyan.Registry.Kinds;

/// <summary>What a service is meant to be.</summary>
public sealed record ServiceSpec
{
    /// <summary>The team or person that answers for it.</summary>
    public string? Owner { get; init; }

    /// <summary>The larger system it belongs to.</summary>
    public string? System { get; init; }

    /// <summary>How much depends on it: a word of the organisation's own.</summary>
    public string? Tier { get; init; }

    /// <summary>One line for people.</summary>
    public string? Description { get; init; }

    /// <summary>The port it usually listens on; instances say their own.</summary>
    public int? Port { get; init; }

    /// <summary>http, grpc or tcp.</summary>
    public string? Protocol { get; init; }

    /// <summary>The check of every instance that brings none of its own.</summary>
    public CheckSpec? Check { get; init; }

    /// <summary>The services it calls.</summary>
    public IReadOnlyList<UsedService>? Uses { get; init; }
}

/// <summary>An active check.</summary>
public sealed record CheckSpec
{
    /// <summary>Check by HTTP GET.</summary>
    public HttpCheckSpec? Http { get; init; }

    /// <summary>Check by opening a connection.</summary>
    public TcpCheckSpec? Tcp { get; init; }

    /// <summary>Check by grpc.health.v1.</summary>
    public GrpcCheckSpec? Grpc { get; init; }

    /// <summary>Time between checks, such as "5s", which is the default.</summary>
    public string? Interval { get; init; }

    /// <summary>One check's limit, such as "2s", which is the default; less than the interval.</summary>
    public string? Timeout { get; init; }

    /// <summary>Passes in a row before an instance that was down is up again; default 2.</summary>
    public int? Rise { get; init; }

    /// <summary>Failures in a row before an instance is down; default 3.</summary>
    public int? Fall { get; init; }
}

/// <summary>An HTTP check.</summary>
public sealed record HttpCheckSpec
{
    /// <summary>The path; default "/healthz".</summary>
    public string? Path { get; init; }

    /// <summary>Lowest status that passes; default 200.</summary>
    public int? MinStatus { get; init; }

    /// <summary>Highest status that passes; default 399.</summary>
    public int? MaxStatus { get; init; }
}

/// <summary>A TCP check; it has no settings of its own.</summary>
public sealed record TcpCheckSpec;

/// <summary>A gRPC check.</summary>
public sealed record GrpcCheckSpec
{
    /// <summary>The service name asked for; empty = the whole server.</summary>
    public string? Service { get; init; }
}

/// <summary>A service that is called.</summary>
public sealed record UsedService
{
    /// <summary>Its name.</summary>
    public string? Service { get; init; }

    /// <summary>Its domain; by default the caller's.</summary>
    public string? Domain { get; init; }
}

/// <summary>What is known of a service for longer than a moment. Live counts are not here: they are never stored.</summary>
public sealed record ServiceStatus
{
    /// <summary>The generation of the spec that is in force.</summary>
    public long ObservedGeneration { get; init; }
}
