namespace Banyan.Store.Mvcc;

/// <summary>What readers see: swapped whole after each group of commits is durable.</summary>
/// <param name="Root">The index.</param>
/// <param name="Revision">The newest revision; the index may already hold newer versions, which readers skip.</param>
/// <param name="Keys">Live keys at that revision.</param>
internal sealed record StoreView(VersionNode? Root, long Revision, long Keys)
{
    /// <summary>The live entry of a key.</summary>
    public StoredVersion? Find(ReadOnlySpan<byte> key) => VersionTree.Find(Root, key)?.LiveAt(Revision);

    /// <summary>Reads a range at a revision that is neither compacted nor in the future.</summary>
    public RangeResult Read(RangeQuery query, long at)
    {
        if (query.Range.IsSingle)
        {
            var found = VersionTree.Find(Root, query.Range.Start.Span)?.LiveAt(at);
            return found is null
                ? new RangeResult([], Revision, 0, false)
                : new RangeResult(query.CountOnly ? [] : [found.ToEntry(!query.KeysOnly)], Revision, 1, false);
        }

        var reader = new Reader(at, query);
        VersionTree.Visit(Root, query.Range, ref reader);
        return new RangeResult(reader.Entries ?? [], Revision, reader.Count, !query.CountOnly && query.Limit > 0 && reader.Count > query.Limit);
    }

    private struct Reader(long at, RangeQuery query) : IVersionVisitor
    {
        public long Count;
        public List<StoreEntry>? Entries;

        public bool Visit(StoredVersion newest)
        {
            if (newest.LiveAt(at) is not { } version)
            {
                return true;
            }

            if (!query.CountOnly && (query.Limit <= 0 || Count < query.Limit))
            {
                (Entries ??= []).Add(version.ToEntry(!query.KeysOnly));
            }

            Count++;
            return true;
        }
    }
}
