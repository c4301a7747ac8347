namespace Banyan.Wire.Paths;

/// <summary>What paths may hold.</summary>
public sealed record PathOptions
{
    /// <summary>The defaults.</summary>
    public static PathOptions Default { get; } = new();

    /// <summary>Lets <c>%2F</c> and <c>%5C</c> through, as parts of a segment: they stay escaped. False by default.</summary>
    public bool AllowEncodedSlash { get; init; }
}
