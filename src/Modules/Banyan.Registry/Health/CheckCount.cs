using Banyan.Registry.Instances;

namespace Banyan.Registry.Health;

/// <summary>Rise and fall: how many results in a row it takes.</summary>
internal static class CheckCount
{
    /// <summary>Counts one result and changes the verdict when there were enough in a row.</summary>
    public static void Take(InstanceEntry entry, CheckPlan plan, CheckOutcome outcome)
    {
        if (outcome.Passed)
        {
            entry.Failures = 0;
            entry.Passes = Math.Min(entry.Passes + 1, plan.Rise);

            // The first pass is enough for an instance that never was Up: there is nothing it could have recovered from.
            if (entry.Verdict != CheckVerdict.Passing && entry.Passes >= (entry.WasUp && entry.Verdict == CheckVerdict.Failing ? plan.Rise : 1))
            {
                entry.Verdict = CheckVerdict.Passing;
                entry.CheckReason = outcome.Text;
                entry.Restored = null;
            }
        }
        else
        {
            entry.Passes = 0;
            entry.Failures = Math.Min(entry.Failures + 1, plan.Fall);
            if (entry.Verdict != CheckVerdict.Failing && entry.Failures >= plan.Fall)
            {
                entry.Verdict = CheckVerdict.Failing;
                entry.CheckReason = $"{outcome.Text} ({plan.Fall} of {plan.Fall})";
                entry.Restored = null;
            }
        }
    }
}
