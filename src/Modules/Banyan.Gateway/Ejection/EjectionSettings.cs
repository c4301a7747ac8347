namespace Banyan.Gateway.Ejection;

/// <summary>When an instance that fails while its peers do not is left out for a while.</summary>
internal sealed record EjectionSettings
{
    /// <summary>False: nobody is ever ejected.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Failures in a row that make an instance suspect. It needs more of them the more its peers fail.</summary>
    public int ConsecutiveFailures { get; init; } = 5;

    /// <summary>How often shares of failures over the whole window are compared.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Requests an instance must have had in a window to be compared.</summary>
    public int WindowRequests { get; init; } = 50;

    /// <summary>The first ejection's time; each further one doubles it.</summary>
    public TimeSpan FirstTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest ejection, before jitter of up to a quarter.</summary>
    public TimeSpan LongestTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Largest part of the instances that are up which may be out at once (0 to 1). The last one never is.</summary>
    public double MaxShare { get; init; } = 0.5;
}
