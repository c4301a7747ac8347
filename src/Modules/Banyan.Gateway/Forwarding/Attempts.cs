using System.Text;
using Banyan.Gateway.Balancing;
using Banyan.Gateway.Clusters;
using Banyan.Gateway.Limits;
using Banyan.Gateway.Retries;
using Banyan.Gateway.Routing;
using Banyan.Gateway.Routing.Actions;
using Microsoft.AspNetCore.Http;
using Endpoint = Banyan.Gateway.Clusters.Endpoint;

namespace Banyan.Gateway.Forwarding;

/// <summary>
/// The attempts of one request at a service's instances: lets it in, says whose turn it is, decides about another attempt, and tells how each ended. Its retries
/// count against the budget until the next attempt's end or its own.
/// </summary>
internal sealed class Attempts(ClusterState cluster, GatewayIdentity identity, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan RoomPoll = TimeSpan.FromMilliseconds(5);

    private readonly ClusterPolicy _policy = cluster.Policy;
    private TriedEndpoints _tried;
    private RetryPolicy? _narrowed;
    private ulong _key;
    private RequestPriority _priority;
    private int _count;
    private bool _retrying;

    /// <summary>Asks the service's rate limits, and prepares for choosing.</summary>
    /// <param name="context">The request.</param>
    /// <param name="route">Its route.</param>
    /// <param name="key">What the route keeps on one instance; 0 = the policy says.</param>
    /// <returns>The refusal, or <see cref="Failure.None"/>.</returns>
    public Failure Enter(HttpContext context, Route route, ulong key)
    {
        foreach (var limit in _policy.RateLimits)
        {
            if (limit.Take(ContextKeys.Of(limit.Settings.Key, context, route, identity), clock.NowTicks()) is { Admitted: false } verdict)
            {
                return limit.Refusal(verdict);
            }
        }

        _narrowed = route.Retry;
        _key = _policy.Settings.Balancer != BalancerKind.Hash ? 0 : key != 0 ? key : ContextKeys.Of(_policy.Settings.HashKey, context, route, identity);
        _priority = RequestPriorities.Of(RequestPriority.Normal, Encoding.Latin1.GetBytes(context.Request.Headers["Priority"].ToString()));
        return Failure.None;
    }

    /// <summary>The instance for the next attempt. A request that finds the service full waits a little, if the wait is worth it.</summary>
    /// <param name="time">How long the client is willing to wait in all.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async ValueTask<PickResult> NextAsync(TimeSpan time, CancellationToken cancellation)
    {
        _count++;
        var pick = Pick();
        if (pick.Failure.Reason != FailureReason.GatewayOverloaded
            || _policy.Room.TryEnter(_priority, _policy.Concurrency.Limit, _policy.Concurrency.UsualTicks, time.Ticks) != WaitVerdict.Wait)
        {
            return pick;
        }

        try
        {
            var until = clock.NowTicks() + Math.Min(time.Ticks, _policy.Settings.Concurrency.QueueTime.Ticks);
            while (pick.Failure.Reason == FailureReason.GatewayOverloaded && clock.NowTicks() < until)
            {
                await Task.Delay(RoomPoll, clock, cancellation);
                pick = Pick();
            }

            return pick;
        }
        finally
        {
            _policy.Room.Leave();
        }
    }

    /// <summary>Decides whether the request is sent to another instance after an attempt that failed.</summary>
    /// <param name="failed">The case; attempts are filled in here.</param>
    /// <param name="endpoint">Where it failed.</param>
    public bool MayRetry(RetryCase failed, Endpoint endpoint)
    {
        if (_narrowed?.Allows(failed.End, _count) == false || RetryRule.Decide(failed with { Attempts = _count }, _policy.Settings.Retries) != RetryVerdict.Retry || !cluster.HasOther(endpoint))
        {
            return false;
        }

        EndRetry();
        if (RetryRule.NeedsBudget(failed.End) && !(_retrying = _policy.Retries.TryBegin(cluster.Active, clock.NowTicks())))
        {
            return false;
        }

        _tried.Add(endpoint);
        return true;
    }

    /// <summary>Tells how an attempt ended.</summary>
    /// <param name="endpoint">Where it was made.</param>
    /// <param name="reason">The failure, or None.</param>
    /// <param name="status">The answer's status; 0 = none came.</param>
    /// <param name="record">When it was sent and answered.</param>
    public void End(Endpoint endpoint, FailureReason reason, int status, RequestRecord record)
    {
        var latency = status == 0 ? 0 : clock.FromTimestamp(record.HeadReceived) - clock.FromTimestamp(record.Sent);
        endpoint.End(new Outcome(Outcome.Of(reason, status), clock.NowTicks(), Math.Max(latency, 0), record.Tunnel));
    }

    public void Dispose() => EndRetry();

    private PickResult Pick() => cluster.Pick(new PickRequest(clock.NowTicks()) { Key = _key, Priority = _priority, Tried = _tried });

    private void EndRetry()
    {
        if (_retrying)
        {
            _policy.Retries.End();
            _retrying = false;
        }
    }
}
