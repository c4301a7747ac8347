namespace Banyan.Store;

/// <summary>A read of keys in order.</summary>
/// <param name="Range">Which keys.</param>
public sealed record RangeQuery(KeyRange Range)
{
    /// <summary>Read as of this revision; 0 = the newest.</summary>
    public long AtRevision { get; init; }

    /// <summary>At most this many entries; 0 = all.</summary>
    public int Limit { get; init; }

    /// <summary>Leave values out (empty).</summary>
    public bool KeysOnly { get; init; }

    /// <summary>Return no entries, only the count.</summary>
    public bool CountOnly { get; init; }
}

/// <summary>The answer to a <see cref="RangeQuery"/>.</summary>
/// <param name="Entries">Entries in ascending key order.</param>
/// <param name="Revision">The store's revision when it was read (not <see cref="RangeQuery.AtRevision"/>).</param>
/// <param name="Count">All keys in the range at that revision, also those past the limit.</param>
/// <param name="More">True when the limit cut the answer.</param>
public sealed record RangeResult(IReadOnlyList<StoreEntry> Entries, long Revision, long Count, bool More);
