using Banyan.Contracts.Registry.V1;

namespace Banyan.Registry.Instances;

/// <summary>
/// Decides an instance's state from what is known of it. Level-triggered: the state is a function of the facts, so no event can be missed and the order of
/// events does not matter.
/// <code>
///                 register                                     register again (new process)
///                    │                                      ┌───────────────────────────────┐
///                    ▼          first pass, or the lease    │                               │
///              ┌──────────┐     when there is no check   ┌──┴─┐          drain         ┌────┴─────┐
///              │ Starting ├─────────────────────────────►│ Up ├───────────────────────►│ Draining │
///              └────┬─────┘                              └┬──▲┘                        └────┬─────┘
///                   │ 'fall' failures   'fall' failures or │  │ 'rise' passes, and          │
///                   │                    itself says down  │  │ itself does not say down    │
///                   │               ┌──────┐◄──────────────┘  │                             │
///                   └──────────────►│ Down ├──────────────────┘                             │
///                                   └──────┘                                                │
///        any leased state ── ttl without heartbeat, and not its whole cohort at once ──►┌───▼──┐ grace
///                                             heartbeat: back to what the rest says ◄───┤ Lost ├──────► removed
///                                                                                       └──────┘
/// </code>
/// Ranked: Lost, Draining, Down by check, Down by its own word, Starting by its own word, kept for its cohort, then check or lease.
/// </summary>
internal static class InstanceStates
{
    public static (InstanceState State, string Reason) Decide(InstanceEntry entry)
    {
        if (entry.LeaseOver)
        {
            return (InstanceState.Lost, $"no heartbeat for {Seconds(entry.Registration.Ttl!.Value)}");
        }

        if (entry.Draining)
        {
            var why = entry.Registration.Stored.DrainReason;
            return (InstanceState.Draining, why.Length == 0 ? "asked to leave" : why);
        }

        if (!entry.Mine)
        {
            return (Restored(entry.Registration), $"as node '{entry.Registration.Stored.Owner}' last wrote");
        }

        if (entry.Verdict == CheckVerdict.Failing && entry.Plan is not null)
        {
            return (InstanceState.Down, entry.CheckReason);
        }

        if (entry.Self == InstanceState.Down)
        {
            return (InstanceState.Down, entry.SelfReason.Length == 0 ? "it says so itself" : $"it says so itself: {entry.SelfReason}");
        }

        if (entry.Self == InstanceState.Starting)
        {
            return (InstanceState.Starting, "it says so itself");
        }

        if (entry.HeldBecause is { } held)
        {
            return (InstanceState.Up, held);
        }

        return ByCheckOrLease(entry);
    }

    /// <summary>What to write into the store of a state that has lasted; null = nothing (the store has it otherwise, or it will be removed).</summary>
    public static InstanceState? ToStore(InstanceState state) => state switch
    {
        InstanceState.Starting or InstanceState.Up or InstanceState.Down => state,
        _ => null,
    };

    /// <summary>The state a registration had when it was last written; what a node shows until it has heard or checked the instance itself.</summary>
    public static InstanceState Restored(Registration registration) => registration.Stored.LastState switch
    {
        // An instance with a lease and no check is Up from its registration on, without anything further being written.
        InstanceState.Unspecified => registration is { Leased: true, Check: null } ? InstanceState.Up : InstanceState.Starting,
        var state => state,
    };

    public static string Seconds(TimeSpan time) => $"{time.TotalSeconds:0.###} s";

    private static (InstanceState State, string Reason) ByCheckOrLease(InstanceEntry entry)
    {
        // A doubt about a silent instance is not a check it needs to pass.
        var needsCheck = entry.Plan is not null && !ReferenceEquals(entry.Plan, Health.CheckPlan.Doubt);
        if (needsCheck && entry.Verdict == CheckVerdict.Passing)
        {
            return (InstanceState.Up, entry.CheckReason);
        }

        if (entry.Restored is { } before && (needsCheck || entry.Registration.Leased))
        {
            return (before, $"{before.ToString().ToLowerInvariant()} before the registry restarted");
        }

        return needsCheck
            ? (InstanceState.Starting, "registered; no check has passed yet")
            : (InstanceState.Up, "its lease is renewed");
    }
}
