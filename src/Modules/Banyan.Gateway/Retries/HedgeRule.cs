using Banyan.Gateway.Limits;

namespace Banyan.Gateway.Retries;

/// <summary>
/// When a read is asked of a second instance as well: when it takes longer than 95 of 100 have taken, so that one in twenty asks twice at most. The second asking
/// takes from the retry budget when its time has come; whoever answers first wins, and the other is cancelled.
/// </summary>
internal static class HedgeRule
{
    /// <summary>Answers that must have been seen before the delay means anything.</summary>
    public const int MinSamples = 100;

    /// <summary>The share of answers that come within the delay.</summary>
    public const double Share = 0.95;

    /// <summary>The delay before the second asking, in ticks of 100 ns; 0 = ask only once.</summary>
    public static long DelayTicks(RetrySettings settings, LatencyHistogram latencies) =>
        settings.Hedge && latencies.Count() >= MinSamples ? Math.Max(latencies.Quantile(Share), settings.HedgeMinDelay.Ticks) : 0;

    /// <summary>True for requests that may be asked twice at all.</summary>
    public static bool Allows(MethodPromise method, bool hasBody, bool upgrade) => method == MethodPromise.Safe && !hasBody && !upgrade;
}
