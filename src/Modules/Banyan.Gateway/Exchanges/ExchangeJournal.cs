using Banyan.Gateway.AccessLog;
using Banyan.Gateway.Forwarding;
using Banyan.Gateway.Routing;

namespace Banyan.Gateway.Exchanges;

/// <summary>Where a loop's exchanges tell how they went: counters always, the log when it wants to know. One for each loop.</summary>
internal sealed class ExchangeJournal(GatewayMetrics metrics, AccessLogQueue log, TimeProvider clock)
{
    /// <summary>A request has begun.</summary>
    public void Begin() => metrics.Begin();

    /// <summary>Its route has been found.</summary>
    public static void Begin(Route route) => route.Counters.Begin();

    /// <summary>Counts a request that has ended. True: the log wants to hear of it.</summary>
    public bool End(in ExchangeOutcome outcome)
    {
        var took = clock.GetElapsedTime(outcome.Began, outcome.Ended);
        outcome.Route?.Counters.End(outcome.Status, outcome.Reason != FailureReason.None, outcome.Retries, took);
        metrics.End(outcome.Route?.Tag, outcome.Status, outcome.Reason, outcome.Retries, outcome.Tunnel, took);
        return log.Wants(outcome.Reason);
    }

    /// <summary>Gives a request to the log.</summary>
    public void Log(in ExchangeOutcome outcome, RequestText text, ClientPeer peer, bool http10) => log.Write(new RequestRecord
    {
        Method = text.Method,
        Host = text.Host,
        Path = text.Path,
        Protocol = http10 ? "HTTP/1.0" : "HTTP/1.1",
        TraceId = text.TraceId,
        Client = peer.Address,
        Route = outcome.Route,
        Endpoint = outcome.Endpoint,
        Status = outcome.Status,
        Reason = outcome.Reason,
        Retries = outcome.Retries,
        Tunnel = outcome.Tunnel,
        BytesIn = outcome.BytesIn,
        BytesOut = outcome.BytesOut,
        Began = outcome.Began,
        Sent = outcome.Sent,
        HeadReceived = outcome.HeadReceived,
        Ended = outcome.Ended,
    });
}
