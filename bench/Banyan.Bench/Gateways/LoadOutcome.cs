namespace Banyan.Bench.Gateways;

/// <summary>What a load came to.</summary>
/// <param name="Requests">Answered.</param>
/// <param name="Failures">Answers other than 2xx and 3xx, and connections that broke.</param>
internal readonly record struct LoadOutcome(long Requests, long Failures);
