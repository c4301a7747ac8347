namespace Banyan.Gateway.Clusters;

/// <summary>The one unit of moments in balancing and limits: ticks of 100 ns of the clock's own time stamps, which never go back.</summary>
internal static class ClockTicks
{
    /// <summary>Now.</summary>
    public static long NowTicks(this TimeProvider clock) => FromTimestamp(clock, clock.GetTimestamp());

    /// <summary>A time stamp of this clock in ticks.</summary>
    public static long FromTimestamp(this TimeProvider clock, long timestamp) => clock.TimestampFrequency switch
    {
        TimeSpan.TicksPerSecond => timestamp,
        1_000_000_000 => timestamp / 100,
        var frequency => (long)(timestamp * ((double)TimeSpan.TicksPerSecond / frequency)),
    };
}
