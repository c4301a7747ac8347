namespace Banyan.Gateway.Kinds;

/// <summary>When an instance that fails while its peers do not is left out for a while.</summary>
public sealed record EjectionSpec
{
    /// <summary>False: nobody is ever left out. Default true.</summary>
    public bool? Enabled { get; init; }

    /// <summary>Failures in a row that make an instance suspect, when its peers do not fail: 1 to 1000, default 5.</summary>
    public int? ConsecutiveFailures { get; init; }

    /// <summary>The first time it is left out for, doubled each further time: <c>1s</c> to <c>1h</c>, default <c>10s</c>.</summary>
    public string? Time { get; init; }

    /// <summary>The longest: default <c>5m</c>, at most <c>24h</c>.</summary>
    public string? LongestTime { get; init; }

    /// <summary>Largest part of the instances that are up, in percent, that may be out at once: 1 to 100, default 50. The last one never is.</summary>
    public int? MaxPercent { get; init; }
}
