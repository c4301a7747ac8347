namespace Banyan.Gateway.Ejection;

/// <summary>
/// Who is worse than its peers. Pure. Everything compares: when all fail, nobody stands out and nobody is ejected, because the fault is elsewhere and fewer
/// instances would not help.
/// </summary>
internal static class EjectionJudge
{
    private const double StreakChance = 1e-6;
    private const double ReturningChance = 1e-3;

    // Standard errors apart: by chance alone once in 30,000 comparisons.
    private const double Significance = 4;

    // A difference that is certain and small is no reason to do without an instance.
    private const double WindowMargin = 0.1;

    /// <summary>Failures in a row that make an instance suspect; one that has just come back gets half the patience.</summary>
    public static bool IsSuspect(int streak, bool returning, EjectionSettings settings) =>
        settings.Enabled && streak >= (returning ? Math.Max(1, settings.ConsecutiveFailures / 2) : settings.ConsecutiveFailures);

    /// <summary>
    /// True when so many failures in a row are no chance, should it fail as its peers do: their share to the power of the row is tiny. With peers that do not
    /// fail the five of the default are enough, with peers that fail every third time it takes a dozen, with peers that always fail no row is long enough.
    /// </summary>
    /// <param name="streak">Failures in a row.</param>
    /// <param name="returning">True when it has just been ejected, which makes a lesser proof enough.</param>
    /// <param name="peersRecent">The peers' share of failures among their latest answers, on average.</param>
    /// <param name="peersAnswered">Their answers in the present window.</param>
    /// <param name="peersFailed">Their failures in the present window.</param>
    public static bool StandsOut(int streak, bool returning, double peersRecent, long peersAnswered, long peersFailed)
    {
        // Before anything is known of the peers they count as failing once in twenty.
        var share = Math.Max(peersRecent, (peersFailed + 0.1) / (peersAnswered + peersFailed + 2));
        return Math.Pow(Math.Min(share, 1), streak) < (returning ? ReturningChance : StreakChance);
    }

    /// <summary>True when most fail, those that are out not counted: then the fault is elsewhere.</summary>
    public static bool IsEverywhere(double own, double peersSum, int peers) => (own + peersSum) / (peers + 1) >= 0.5;

    /// <summary>True when the share of failures in a window is above that of all peers together by more than chance explains (two-proportion z test).</summary>
    public static bool StandsOutInWindow(long answered, long failed, long peersAnswered, long peersFailed, EjectionSettings settings)
    {
        var requests = (double)(answered + failed);
        var peers = (double)(peersAnswered + peersFailed);
        if (requests < settings.WindowRequests || peers < settings.WindowRequests)
        {
            return false;
        }

        var difference = (failed / requests) - (peersFailed / peers);
        var all = (failed + peersFailed) / (requests + peers);
        var error = Math.Sqrt(all * (1 - all) * ((1 / requests) + (1 / peers)));
        return difference >= WindowMargin && difference > Significance * error;
    }

    /// <summary>How many may be out at once: the share of those that are up, at least one when there are two, never all.</summary>
    public static int MaxEjected(int up, EjectionSettings settings) => up < 2 ? 0 : Math.Clamp((int)(up * settings.MaxShare), 1, up - 1);

    /// <summary>The next ejection after the last one. What was good since makes it shorter again: for each time it stayed in twice as long as it had been out, one step.</summary>
    /// <param name="last">The last ejection; null = none.</param>
    /// <param name="why">For people.</param>
    /// <param name="settings">The rules.</param>
    /// <param name="jitter">0 to 1: several gateways shall not bring an instance back at one moment.</param>
    /// <param name="now">Now.</param>
    public static EjectionRecord Next(EjectionRecord? last, string why, EjectionSettings settings, double jitter, long now)
    {
        var count = 1;
        if (last is not null)
        {
            var goodSteps = (now - last.Until) / Math.Max(2 * (last.Until - last.Since), settings.FirstTime.Ticks);
            count = (int)Math.Max(1, last.Count + 1 - goodSteps);
        }

        var time = Math.Min(settings.LongestTime.Ticks, settings.FirstTime.Ticks << Math.Min(count - 1, 20));
        return new EjectionRecord(why, now, now + time + (long)(time * 0.25 * jitter), count);
    }
}
