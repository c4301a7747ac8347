namespace Banyan.Wire;

/// <summary>What to say about a fault.</summary>
/// <param name="Name">Stable, in kebab case; for logs, metrics and problem details.</param>
/// <param name="Status">The status for the client when its request has the fault. For an answer that has it, the status is always 502.</param>
/// <param name="Words">A sentence for people, with what to do.</param>
public readonly record struct FaultText(string Name, int Status, string Words);
