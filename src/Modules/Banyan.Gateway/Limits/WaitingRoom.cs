namespace Banyan.Gateway.Limits;

/// <summary>Counts requests that wait for room at one service and decides who may: a bounded number, none past its deadline. Who waits, and how, is the caller's.</summary>
internal sealed class WaitingRoom(ConcurrencySettings settings)
{
    private int _waiting;

    /// <summary>How many wait.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Asks for a place. After <see cref="WaitVerdict.Wait"/> the caller must call <see cref="Leave"/> once.</summary>
    /// <param name="priority">Its class: each has the part of the places it has of the limit.</param>
    /// <param name="limit">The service's limit on requests in progress.</param>
    /// <param name="usualTicks">How long a request there usually takes; 0 = not known.</param>
    /// <param name="remainingTicks">How long until the request's deadline.</param>
    public WaitVerdict TryEnter(RequestPriority priority, int limit, long usualTicks, long remainingTicks)
    {
        var place = Interlocked.Increment(ref _waiting);
        var verdict = place > settings.Queue * RequestPriorities.Share(priority) ? WaitVerdict.Full
            : Expected(place, limit, usualTicks) >= remainingTicks ? WaitVerdict.TooLate
            : WaitVerdict.Wait;
        if (verdict != WaitVerdict.Wait)
        {
            Interlocked.Decrement(ref _waiting);
        }

        return verdict;
    }

    /// <summary>Gives the place back.</summary>
    public void Leave() => Interlocked.Decrement(ref _waiting);

    // Little's law: a full service lets limit/latency requests in each second; and the request itself takes its latency after that.
    private static long Expected(int place, int limit, long usualTicks) => (usualTicks * place / Math.Max(limit, 1)) + usualTicks;
}
