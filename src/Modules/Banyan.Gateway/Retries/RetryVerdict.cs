namespace Banyan.Gateway.Retries;

/// <summary>Whether a request may be sent again, and if not, why.</summary>
internal enum RetryVerdict
{
    Retry,

    /// <summary>It may have been executed, and executing it twice could differ from once.</summary>
    NotProvablySafe,

    /// <summary>It may be sent again, but the route does not want it for this reason.</summary>
    NotWanted,

    /// <summary>There is no other instance.</summary>
    NobodyElse,

    /// <summary>Part of its body is gone, or part of an answer is with the client.</summary>
    NotWhole,

    /// <summary>All attempts are used.</summary>
    NoAttempts,

    /// <summary>There is no time left before the deadline.</summary>
    NoTime,

    /// <summary>The budget is used up.</summary>
    NoBudget,
}
