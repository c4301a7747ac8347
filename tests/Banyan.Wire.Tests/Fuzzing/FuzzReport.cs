namespace Banyan.Wire.Tests.Fuzzing;

/// <summary>What a run of the fuzzer found.</summary>
/// <param name="EdgesOfSeeds">Edges the inputs it began with reach.</param>
/// <param name="Edges">Edges reached in the end.</param>
/// <param name="Kept">Inputs that joined the pool.</param>
/// <param name="Generations">How many kept inputs lie behind one another at most.</param>
/// <param name="Outcomes">Kinds of outcomes, and how many inputs had each.</param>
internal sealed record FuzzReport(int EdgesOfSeeds, int Edges, int Kept, int Generations, IReadOnlyDictionary<string, int> Outcomes)
{
    /// <inheritdoc/>
    public override string ToString() => $"{EdgesOfSeeds} edges by the seeds, {Edges} in the end; {Kept} inputs kept, {Generations} behind one another; {Outcomes.Count} kinds of outcomes";
}
