using Banyan.Gateway.Clusters;

namespace Banyan.Gateway.Exchanges;

/// <summary>A second instance that has a request beside the first. Made when it is asked, so that the many connections without one do not carry it.</summary>
/// <param name="endpoint">Who is asked.</param>
internal sealed class SecondAsking(Endpoint endpoint)
{
    public Endpoint Endpoint { get; } = endpoint;

    /// <summary>True: others have used the connection before.</summary>
    public bool Reused { get; set; }

    /// <summary>True once a byte has come.</summary>
    public bool Heard { get; set; }

    /// <summary>When the request was sent, a timestamp; 0 = there is no connection yet.</summary>
    public long Sent { get; set; }
}
