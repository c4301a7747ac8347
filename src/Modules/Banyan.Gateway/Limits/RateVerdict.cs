namespace Banyan.Gateway.Limits;

/// <summary>What a rate limit says of one request.</summary>
/// <param name="Admitted">True: it may go.</param>
/// <param name="Remaining">Requests that may follow at once.</param>
/// <param name="RetryTicks">When refused: how long until one is admitted again, in ticks of 100 ns.</param>
internal readonly record struct RateVerdict(bool Admitted, int Remaining, long RetryTicks);
