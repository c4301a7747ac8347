namespace Banyan.Gateway.Kinds;

/// <summary>What is known of a policy for longer than a moment. Live numbers are not here: they are never stored.</summary>
public sealed record TrafficPolicyStatus
{
    /// <summary>The generation of the spec this status is about.</summary>
    public long ObservedGeneration { get; init; }
}
