namespace Banyan.Bench.Reports;

/// <summary>One measurement: medians over the rounds.</summary>
/// <param name="Scenario">What was done.</param>
/// <param name="Unit">Of both figures, for example <c>writes/s</c>.</param>
/// <param name="Ours">Banyan's figure.</param>
/// <param name="Peer">The peer's figure in the same run; null when there is none to compare with.</param>
/// <param name="Ratio">Median of the rounds' own ratios, ours by peer's; null without a peer.</param>
/// <param name="Target">What the ratio (or, without a peer, our figure) should reach; null when it is only reported.</param>
/// <param name="LowerIsBetter">The target is an upper bound.</param>
public sealed record BenchRow(string Scenario, string Unit, double Ours, double? Peer, double? Ratio, double? Target, bool LowerIsBetter = false)
{
    /// <summary>Whether the target was reached; null without one.</summary>
    public bool? Met => Target is not { } target ? null : LowerIsBetter ? (Ratio ?? Ours) <= target : (Ratio ?? Ours) >= target;
}
