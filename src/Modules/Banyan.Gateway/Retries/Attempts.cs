using Banyan.Gateway.Clusters;
using Banyan.Gateway.Failures;
using Banyan.Gateway.Limits;
using Banyan.Gateway.Routing;
using Banyan.Gateway.Routing.Actions;

namespace Banyan.Gateway.Retries;

/// <summary>
/// The attempts of one request at a service's instances: says whose turn it is, decides about another attempt, and tells how each ended. One object serves one
/// request after another, each from <see cref="Begin"/> to <see cref="Close"/>, so that a pooled owner allocates none. A retry counts against the budget until
/// the next one begins or the request is closed. Times are in ticks of 100 ns.
/// </summary>
internal sealed class Attempts
{
    private const RetryOn AllReasons = RetryOn.ConnectFailure | RetryOn.Reset;

    private ClusterState _cluster = null!;
    private ClusterPolicy _policy = null!;
    private TriedEndpoints _tried;
    private Entrance _entrance;
    private RetryOn _reasons;
    private int _most;
    private int _count;
    private bool _retrying;
    private bool _shed;

    /// <summary>The policy the request came in under.</summary>
    public ClusterPolicy Policy => _policy;

    /// <summary>Its class.</summary>
    public RequestPriority Priority => _entrance.Priority;

    /// <summary>True when the route wants to be tried again for this reason.</summary>
    public bool Wants(AttemptEnd end) => RetryRule.IsWanted(end, _reasons);

    /// <summary>Begins a request.</summary>
    public void Begin(ClusterState cluster, Route route, in Entrance entrance)
    {
        _cluster = cluster;
        _policy = cluster.Policy;
        _entrance = entrance;
        _tried = default;
        _count = 0;
        _reasons = route.Retry?.On ?? AllReasons;
        _most = Math.Min(route.Retry?.Attempts ?? int.MaxValue, _policy.Settings.Retries.Attempts);
    }

    /// <summary>The instance for the next attempt, or why there is none.</summary>
    public PickResult Pick(long now)
    {
        var pick = _cluster.Pick(new PickRequest(now) { Key = _entrance.Key, Priority = _entrance.Priority, Tried = _tried });
        if (pick.Endpoint is null)
        {
            _shed = pick.Failure.Reason is FailureReason.GatewayOverloaded or FailureReason.CircuitOpen;
        }
        else
        {
            _shed = false;
            _count++;
        }

        return pick;
    }

    /// <summary>Decides whether the request is sent to another instance. After a yes the next <see cref="Pick"/> finds another.</summary>
    /// <param name="failed">The case; attempts are filled in here.</param>
    /// <param name="endpoint">Where it failed.</param>
    /// <param name="now">Now.</param>
    public RetryVerdict MayRetry(in RetryCase failed, Endpoint endpoint, long now)
    {
        var verdict = RetryRule.Decide(failed with { Attempts = _count }, _most, _reasons);
        if (verdict != RetryVerdict.Retry)
        {
            return verdict;
        }

        if (!_cluster.HasOther(endpoint))
        {
            return RetryVerdict.NobodyElse;
        }

        EndRetry();
        if (RetryRule.NeedsBudget(failed.End) && !(_retrying = _policy.Retries.TryBegin(_cluster.Active, now)))
        {
            return RetryVerdict.NoBudget;
        }

        _tried.Add(endpoint);
        return RetryVerdict.Retry;
    }

    /// <summary>
    /// Another instance to ask beside one that has not answered yet; null when there is none, or no attempt or budget is left. It counts as an attempt, and against
    /// the budget as a retry does.
    /// </summary>
    /// <param name="first">Who has been asked.</param>
    /// <param name="now">Now.</param>
    public Endpoint? Hedge(Endpoint first, long now)
    {
        if (_count >= _most || !_cluster.HasOther(first))
        {
            return null;
        }

        EndRetry();
        if (!(_retrying = _policy.Retries.TryBegin(_cluster.Active, now)))
        {
            return null;
        }

        _tried.Add(first);
        if (Pick(now).Endpoint is { } second && !ReferenceEquals(second, first))
        {
            return second;
        }

        EndRetry();
        _shed = false;
        return null;
    }

    /// <summary>Ends the request.</summary>
    public void Close()
    {
        EndRetry();
        if (_shed)
        {
            _shed = false;
            _cluster.CountShed();
        }
    }

    private void EndRetry()
    {
        if (_retrying)
        {
            _policy.Retries.End();
            _retrying = false;
        }
    }
}
