using Banyan.Gateway.Routing.Actions;

namespace Banyan.Gateway.Retries;

/// <summary>
/// When a request may be sent again: only when it was provably not executed, or when executing it twice is what once is. Pure. A route may want less; nothing it
/// says widens this.
/// <code>
///                    none   idempotent   safe
///  not connected      ✓         ✓         ✓      nothing was sent
///  unprocessed        ✓         ✓         ✓      the peer says so
///  reused closed      –         ✓         ✓      RFC 9112 section 9.3.1
///  fresh closed       –         –         ✓ without a body
///  underway           –         –         –
/// </code>
/// </summary>
internal static class RetryRule
{
    /// <summary>The decision, apart from the budget, which is to be asked last because asking takes from it.</summary>
    /// <param name="c">The case.</param>
    /// <param name="attempts">Attempts there may be in all.</param>
    /// <param name="wanted">The reasons that are wanted.</param>
    public static RetryVerdict Decide(in RetryCase c, int attempts, RetryOn wanted) =>
        c.AnswerBegun || !c.BodyWhole ? RetryVerdict.NotWhole
        : !IsSafe(c) ? RetryVerdict.NotProvablySafe
        : !IsWanted(c.End, wanted) ? RetryVerdict.NotWanted
        : c.Attempts >= attempts ? RetryVerdict.NoAttempts
        : c.RemainingTicks <= 0 ? RetryVerdict.NoTime
        : RetryVerdict.Retry;

    /// <summary>True when the route wants another attempt for this reason.</summary>
    public static bool IsWanted(AttemptEnd end, RetryOn wanted) => (wanted & ReasonOf(end)) != 0;

    /// <summary>
    /// True when the retry takes from the budget: when the failed attempt may have made an instance work, so that retries make the service work more than its
    /// callers ask of it. An attempt that reached nobody did not, and a roll-out that refuses connections shall not use the budget up.
    /// </summary>
    public static bool NeedsBudget(AttemptEnd end) => end is not (AttemptEnd.NotConnected or AttemptEnd.Unprocessed);

    private static bool IsSafe(in RetryCase c) => c.End switch
    {
        AttemptEnd.NotConnected or AttemptEnd.Unprocessed => true,
        AttemptEnd.ReusedClosed => c.Method != MethodPromise.None && !c.Upgrade,
        AttemptEnd.FreshClosed => c.Method == MethodPromise.Safe && !c.HasBody && !c.Upgrade,
        _ => false,
    };

    private static RetryOn ReasonOf(AttemptEnd end) => end switch
    {
        AttemptEnd.NotConnected or AttemptEnd.Unprocessed => RetryOn.ConnectFailure,
        AttemptEnd.ReusedClosed or AttemptEnd.FreshClosed => RetryOn.Reset,
        _ => RetryOn.None,
    };
}
