namespace Banyan.Wire.Http1;

/// <summary>How much besides data a chunked body may hold.</summary>
public sealed record ChunkLimits
{
    /// <summary>The defaults.</summary>
    public static ChunkLimits Default { get; } = new();

    /// <summary>Bytes of all chunk extensions of one body; 4 KiB by default. More is <see cref="WireFault.ChunkExtensionTooLong"/>.</summary>
    public int MaxExtensionBytes { get; init; } = 4 * 1024;

    /// <summary>Bytes of the trailer section with its end; 8 KiB by default. More is <see cref="WireFault.TrailersTooLarge"/>.</summary>
    public int MaxTrailerBytes { get; init; } = 8 * 1024;

    /// <summary>Trailer fields; 32 by default. More is <see cref="WireFault.FieldsTooMany"/>.</summary>
    public int MaxTrailers { get; init; } = 32;
}
