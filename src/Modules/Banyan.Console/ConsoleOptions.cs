using Banyan.Hosting.Settings;

namespace Banyan.Console;

/// <summary>Settings of the module <c>console</c> that need a restart.</summary>
internal sealed class ConsoleOptions
{
    /// <summary>A session nobody uses ends after this.</summary>
    public TimeSpan SessionIdle { get; set; } = TimeSpan.FromHours(8);

    /// <summary>A session ends after this, used or not.</summary>
    public TimeSpan SessionLife { get; set; } = TimeSpan.FromHours(24);

    /// <summary>A sign-in link may be used for this long, once.</summary>
    public TimeSpan LinkLife { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Failed sign-ins one address may have in a minute.</summary>
    public int SignInAttempts { get; set; } = 10;

    /// <summary>Least time between two updates of one open page; changes in between are merged.</summary>
    public TimeSpan UpdateInterval { get; set; } = TimeSpan.FromMilliseconds(300);

    /// <summary>How many recent changes are shown.</summary>
    public int Changes { get; set; } = 100;

    internal static void Validate(ConsoleOptions options, OptionFaults faults)
    {
        if (options.SessionIdle < TimeSpan.FromMinutes(1))
        {
            faults.Add("sessionIdle", "must be at least 1m");
        }

        if (options.SessionLife < options.SessionIdle)
        {
            faults.Add("sessionLife", "must not be less than console.sessionIdle");
        }

        if (options.LinkLife <= TimeSpan.Zero)
        {
            faults.Add("linkLife", "must be longer than zero");
        }

        if (options.SignInAttempts < 1)
        {
            faults.Add("signInAttempts", "must be at least 1");
        }

        if (options.UpdateInterval < TimeSpan.FromMilliseconds(50))
        {
            faults.Add("updateInterval", "must be at least 50ms");
        }

        if (options.Changes is < 1 or > 1000)
        {
            faults.Add("changes", "must be from 1 to 1000");
        }
    }
}
