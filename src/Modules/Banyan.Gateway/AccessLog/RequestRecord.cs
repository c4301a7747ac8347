using System.Net;
using Banyan.Gateway.Clusters;
using Banyan.Gateway.Failures;
using Banyan.Gateway.Retries;
using Banyan.Gateway.Routing;

namespace Banyan.Gateway.AccessLog;

/// <summary>What happened to one request, filled in on the way by the request's own tasks and handed to metrics and access log when it has ended.</summary>
internal sealed class RequestRecord
{
    public required string Method { get; init; }

    public required string Host { get; init; }

    /// <summary>The raw path without the query, which may hold secrets.</summary>
    public required string Path { get; init; }

    public required string Protocol { get; init; }

    public required string TraceId { get; init; }

    public IPAddress? Client { get; init; }

    public Route? Route { get; set; }

    public Endpoint? Endpoint { get; set; }

    public int Status { get; set; }

    public FailureReason Reason { get; set; }

    public int Retries { get; set; }

    /// <summary>Whether a second instance was asked as well, and whose answer it was.</summary>
    public HedgeOutcome Hedge { get; set; }

    public bool Tunnel { get; set; }

    public long BytesIn { get; set; }

    public long BytesOut { get; set; }

    /// <summary>Timestamps of the clock; 0 = the stage was not reached.</summary>
    public long Began { get; init; }

    public long Sent { get; set; }

    public long HeadReceived { get; set; }

    public long Ended { get; set; }
}
