namespace Banyan.Grpc;

/// <summary>Whether a service can take calls.</summary>
public enum GrpcHealthStatus
{
    /// <summary>Not known yet.</summary>
    Unknown,

    /// <summary>It takes calls.</summary>
    Serving,

    /// <summary>It takes no calls now.</summary>
    NotServing,
}
