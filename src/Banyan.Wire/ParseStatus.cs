namespace Banyan.Wire;

/// <summary>How far a parser came.</summary>
public enum ParseStatus : byte
{
    /// <summary>Nothing wrong so far; more bytes are needed.</summary>
    Incomplete,

    /// <summary>The whole was read.</summary>
    Complete,

    /// <summary>What came is not to be read further; the fault says why.</summary>
    Refused,
}
