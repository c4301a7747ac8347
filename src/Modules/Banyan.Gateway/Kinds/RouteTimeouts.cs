namespace Banyan.Gateway.Kinds;

/// <summary>How long each phase may take: <c>500ms</c>, <c>30s</c>, <c>2m</c>; at most 1h. Absent = the gateway's option.</summary>
public sealed record RouteTimeouts
{
    /// <summary>Opening a connection to an instance.</summary>
    public string? Connect { get; init; }

    /// <summary>End of the request to the head of the answer.</summary>
    public string? ResponseHeader { get; init; }

    /// <summary>Standing still of a body, or of a tunnel such as a WebSocket.</summary>
    public string? Idle { get; init; }

    /// <summary>Everything from the head of the request to the end of the answer. Absent = no limit.</summary>
    public string? Total { get; init; }
}
