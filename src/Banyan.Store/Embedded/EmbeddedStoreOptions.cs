namespace Banyan.Store.Embedded;

/// <summary>Settings of an <see cref="EmbeddedStore"/>.</summary>
public sealed record EmbeddedStoreOptions
{
    /// <summary>Sync before a commit is acknowledged. Without it a power failure may lose the last seconds; a crash of the process loses nothing. Default true.</summary>
    public bool FlushToDisk { get; init; } = true;

    /// <summary>History is compacted by itself to about this many revisions; 0 = never. Default 100,000.</summary>
    public long HistoryRevisions { get; init; } = 100_000;

    /// <summary>A segment that reaches this length is followed by a new one. Default 64 MiB.</summary>
    public long SegmentBytes { get; init; } = 64 << 20;

    /// <summary>Longest value in bytes. Default 1 MiB.</summary>
    public int MaxValueBytes { get; init; } = 1 << 20;
}
