using Banyan.Gateway.AccessLog;
using Banyan.Gateway.Routing;

namespace Banyan.Gateway.Exchanges;

/// <summary>Where a loop's exchanges tell how they went: counters always, the log when it wants to know. One for each loop.</summary>
/// <param name="metrics">Takes durations, and what has no route.</param>
/// <param name="log">The access log.</param>
/// <param name="clock">Of the timestamps.</param>
/// <param name="loop">The loop's index: it counts in tallies of its own.</param>
internal sealed class ExchangeJournal(GatewayMetrics metrics, AccessLogQueue log, TimeProvider clock, int loop)
{
    private readonly RouteTally _unrouted = metrics.Unrouted.Of(loop);

    /// <summary>A request's route has been found.</summary>
    public void Begin(Route route) => route.Counters.Of(loop).Begin();

    /// <summary>Counts a request that has ended. True: the log wants to hear of it.</summary>
    public bool End(in ExchangeOutcome outcome)
    {
        var took = clock.GetElapsedTime(outcome.Began, outcome.Ended);
        if (outcome.Route is { } route)
        {
            route.Counters.Of(loop).End(outcome.Status, outcome.Reason, outcome.Retries, took);
        }
        else
        {
            _unrouted.Count(outcome.Status, outcome.Reason, 0, took);
        }

        metrics.Took(outcome.Route?.Tag, outcome.Status, outcome.Tunnel, took);
        return log.Wants(outcome.Reason);
    }

    /// <summary>Gives a request to the log.</summary>
    public void Log(in ExchangeOutcome outcome, RequestText text, ClientPeer peer, bool http10) => log.Write(new RequestRecord
    {
        Method = text.Method,
        Host = text.Host,
        Path = text.Path,
        Protocol = peer.IsHttp2 ? "HTTP/2" : http10 ? "HTTP/1.0" : "HTTP/1.1",
        TraceId = text.TraceId,
        Client = peer.Address,
        Route = outcome.Route,
        Endpoint = outcome.Endpoint,
        Status = outcome.Status,
        Reason = outcome.Reason,
        Retries = outcome.Retries,
        Hedge = outcome.Hedge,
        Tunnel = outcome.Tunnel,
        BytesIn = outcome.BytesIn,
        BytesOut = outcome.BytesOut,
        Began = outcome.Began,
        Sent = outcome.Sent,
        HeadReceived = outcome.HeadReceived,
        Ended = outcome.Ended,
    });
}
