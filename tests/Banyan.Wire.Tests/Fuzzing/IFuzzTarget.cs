namespace Banyan.Wire.Tests.Fuzzing;

/// <summary>Something that reads bytes.</summary>
internal interface IFuzzTarget
{
    /// <summary>What to begin with.</summary>
    static abstract FuzzInput[] Seeds { get; }

    /// <summary>Another input, made of one of the pool.</summary>
    static abstract FuzzInput Mutate(Random random, FuzzInput origin, IReadOnlyList<FuzzInput> pool);

    /// <summary>Everything the reader said, with the bytes given in pieces that end at the cuts.</summary>
    static abstract string Read(FuzzInput input, params ReadOnlySpan<int> cuts);

    /// <summary>The kind of outcome, of what <see cref="Read"/> gave.</summary>
    static abstract string KindOf(string outcome);
}
