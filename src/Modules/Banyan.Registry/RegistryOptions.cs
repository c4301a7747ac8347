using Banyan.Hosting.Settings;
using Banyan.Registry.Instances;

namespace Banyan.Registry;

/// <summary>Settings of the module <c>registry</c> that need a restart.</summary>
internal sealed class RegistryOptions
{
    /// <summary>This node's name; two processes on one store need different ones. A node believes the silence of its own instances only.</summary>
    public string Node { get; set; } = "registry-1";

    /// <summary>How long a lost instance stays listed before its registration is removed.</summary>
    public TimeSpan LostGrace { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long instances that fell silent together are kept at most.</summary>
    public TimeSpan CohortHold { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>A state is written to the store once it has lasted this long, so that a restart shows what was shown before.</summary>
    public TimeSpan LastStateDelay { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Least time between two messages to one subscriber; changes in between are merged.</summary>
    public TimeSpan WatchInterval { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Most active checks under way at a time.</summary>
    public int ConcurrentChecks { get; set; } = 256;

    /// <summary>How many removals are remembered for subscribers that are behind; beyond it they get the whole selection again.</summary>
    public int RemembersRemovals { get; set; } = 65_536;

    internal static void Validate(RegistryOptions options, OptionFaults faults)
    {
        if (!RegistrationRules.IsName(options.Node))
        {
            faults.Add("node", $"'{options.Node}' is not a name: 1 to 63 letters, digits, '-', '.', '_'");
        }

        Positive(options.LostGrace, "lostGrace");
        Positive(options.CohortHold, "cohortHold");
        Positive(options.LastStateDelay, "lastStateDelay");
        Positive(options.WatchInterval, "watchInterval");
        if (options.ConcurrentChecks is < 1 or > 65_536)
        {
            faults.Add("concurrentChecks", "must be from 1 to 65536");
        }

        if (options.RemembersRemovals < 1)
        {
            faults.Add("remembersRemovals", "must be at least 1");
        }

        void Positive(TimeSpan time, string option)
        {
            if (time <= TimeSpan.Zero || time > TimeSpan.FromDays(1))
            {
                faults.Add(option, "must be more than 0 and at most 1 day");
            }
        }
    }
}
