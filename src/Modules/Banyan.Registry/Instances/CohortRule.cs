using Banyan.Contracts.Registry.V1;

namespace Banyan.Registry.Instances;

/// <summary>
/// Believes silence of one, not of a cohort. The cohort is what shares a service and a zone, renews leases, and was Up. When the lease of one member runs out and
/// more than half of the cohort (of at least three) has been silent for longer than renewing instances ever are, the likelier cause is the network between them
/// and the registry: they are kept, with the reason shown, until each is heard again, a check fails, or a deadline passes.
/// </summary>
internal static class CohortRule
{
    public const int LeastCohort = 3;

    // Heartbeats come at a third of the ttl, so a member that has missed one and is late with the next is silent.
    private const double SilentAfter = 0.6;

    /// <summary>The reason to keep the silent members of a cohort, or null to believe them.</summary>
    public static string? Keep(IEnumerable<InstanceEntry> service, string zone, long now, long ticksASecond)
    {
        var size = 0;
        var silent = 0;
        foreach (var entry in service)
        {
            if (!entry.Mine || entry.LeaseOver || entry.Registration.Ttl is not { } ttl
                || entry.Current.State != InstanceState.Up || entry.Registration.Described.Zone != zone)
            {
                continue;
            }

            size++;
            if ((now - entry.LastHeard) / (double)ticksASecond > ttl.TotalSeconds * SilentAfter)
            {
                silent++;
            }
        }

        return size >= LeastCohort && silent * 2 > size
            ? $"kept although silent: {silent} of {size} instances{(zone.Length == 0 ? string.Empty : $" in zone '{zone}'")} fell silent together"
            : null;
    }
}
