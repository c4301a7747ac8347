namespace Banyan.Wire.Http1;

/// <summary>How large a head may be. All limits count what came, not what it means.</summary>
public sealed record HeadLimits
{
    /// <summary>The defaults.</summary>
    public static HeadLimits Default { get; } = new();

    /// <summary>Bytes of the request or status line with its end; 8 KiB by default. More is <see cref="WireFault.RequestLineTooLong"/> (414).</summary>
    public int MaxStartLineBytes { get; init; } = 8 * 1024;

    /// <summary>Bytes of the whole head with its end; 32 KiB by default. More is <see cref="WireFault.HeadTooLarge"/> (431).</summary>
    public int MaxHeadBytes { get; init; } = 32 * 1024;

    /// <summary>Field lines; 100 by default. More is <see cref="WireFault.FieldsTooMany"/> (431).</summary>
    public int MaxFields { get; init; } = 100;
}
