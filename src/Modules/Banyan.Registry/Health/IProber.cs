using Banyan.Contracts.Registry.V1;

namespace Banyan.Registry.Health;

/// <summary>Looks at one instance once.</summary>
internal interface IProber
{
    /// <summary>What it saw. Never throws for what is wrong with the instance; throws only when cancelled.</summary>
    Task<CheckOutcome> ProbeAsync(CheckPlan plan, Instance target, CancellationToken cancellation);
}
