using Banyan.Contracts.Registry.V1;
using Banyan.Registry.Health;

namespace Banyan.Registry.Instances;

/// <summary>What the active check last made of an instance.</summary>
internal enum CheckVerdict
{
    Unknown,
    Passing,
    Failing,
}

/// <summary>
/// All the registry knows of one instance: the durable registration and what this node heard and saw since. Guarded by the table's lock; only
/// <see cref="Current"/> is handed out, and it is never changed after that.
/// </summary>
internal sealed class InstanceEntry(InstanceName name, Registration registration)
{
    public InstanceName Name { get; } = name;

    public Registration Registration { get; set; } = registration;

    /// <summary>The store's revision of the registration.</summary>
    public long Revision { get; set; }

    /// <summary>What subscribers and lookups are given. Replaced whole.</summary>
    public Instance Current { get; set; } = null!;

    /// <summary>False when another node hears this instance: then its stored state is shown and its silence means nothing here.</summary>
    public bool Mine { get; set; } = true;

    /// <summary>True once it is no longer in the table; whoever still holds it lets go.</summary>
    public bool Removed { get; set; }

    /// <summary>Clock ticks of the last registration or heartbeat.</summary>
    public long LastHeard { get; set; }

    /// <summary>Clock ticks at which the sweep looks at it next; 0 = not queued.</summary>
    public long NextLook { get; set; }

    public bool LeaseOver { get; set; }

    /// <summary>Clock ticks at which the lease was found to be over.</summary>
    public long LostAt { get; set; }

    /// <summary>Why it is kept although it fell silent; null = it is not.</summary>
    public string? HeldBecause { get; set; }

    /// <summary>Clock ticks at which its silence is believed all the same.</summary>
    public long HeldUntil { get; set; }

    /// <summary>The state before this node took over (a restart, another owner), until this node has heard or checked it itself.</summary>
    public InstanceState? Restored { get; set; }

    /// <summary>What the instance says of itself: Unspecified, Starting, Up or Down.</summary>
    public InstanceState Self { get; set; }

    public string SelfReason { get; set; } = string.Empty;

    /// <summary>The check that runs: its own, its service's, or the doubt about a silent one.</summary>
    public CheckPlan? Plan { get; set; }

    /// <summary>Counts changes of <see cref="Plan"/>; a result of an older one is dropped.</summary>
    public int PlanNumber { get; set; }

    public CheckVerdict Verdict { get; set; }

    public int Passes { get; set; }

    public int Failures { get; set; }

    /// <summary>The text of the check result that decided the verdict.</summary>
    public string CheckReason { get; set; } = string.Empty;

    /// <summary>True once it has been Up since it registered; from then on <c>rise</c> counts.</summary>
    public bool WasUp { get; set; }

    public bool Draining => Registration.Stored.Draining;

    /// <summary>Its place in the change log; owned by the log.</summary>
    public object? LogPlace { get; set; }

    /// <summary>Forgets all that was heard and seen: the process behind the name is a new one.</summary>
    public void StartOver()
    {
        LeaseOver = false;
        HeldBecause = null;
        Restored = null;
        Self = Registration.Described.State == InstanceState.Starting ? InstanceState.Starting : InstanceState.Unspecified;
        SelfReason = string.Empty;
        WasUp = false;

        // A new process is a new check, so that a result that is still under way for the old one is dropped.
        Plan = null;
        ForgetChecks();
    }

    public void ForgetChecks()
    {
        Verdict = CheckVerdict.Unknown;
        Passes = 0;
        Failures = 0;
        CheckReason = string.Empty;
    }
}
