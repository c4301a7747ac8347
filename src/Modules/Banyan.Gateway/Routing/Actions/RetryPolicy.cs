namespace Banyan.Gateway.Routing.Actions;

/// <summary>What makes an attempt worth another one, beside a connection that could not be opened.</summary>
[Flags]
internal enum RetryOn
{
    None = 0,

    /// <summary>No connection could be opened; nothing was sent.</summary>
    ConnectFailure = 1,

    /// <summary>The connection ended before the head of the answer.</summary>
    Reset = 2,

    /// <summary>No head within the time of an attempt.</summary>
    Timeout = 4,

    /// <summary>The answer was 502.</summary>
    Status502 = 8,

    /// <summary>The answer was 503.</summary>
    Status503 = 16,

    /// <summary>The answer was 504.</summary>
    Status504 = 32,
}

/// <summary>How often and when a request is sent again. What may never run twice is not repeated whatever stands here.</summary>
/// <param name="Attempts">Attempts in all, the first counted.</param>
/// <param name="On">What leads to another attempt.</param>
/// <param name="AttemptTimeout">Head of an answer within one attempt; null = the route's response header time.</param>
internal sealed record RetryPolicy(int Attempts, RetryOn On, TimeSpan? AttemptTimeout);
