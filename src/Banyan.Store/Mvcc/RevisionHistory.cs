namespace Banyan.Store.Mvcc;

/// <summary>The changes of the revisions that are still kept, for watchers to catch up from: a ring, one slot a revision. Safe for concurrent use.</summary>
internal sealed class RevisionHistory
{
    private readonly Lock _lock = new();
    private VersionChange[]?[] _ring = new VersionChange[256][];
    private int _start;
    private int _count;
    private long _first;

    /// <param name="revision">The newest revision that is already past.</param>
    public RevisionHistory(long revision) => _first = revision + 1;

    /// <summary>The revision after which everything is kept.</summary>
    public long Start
    {
        get
        {
            lock (_lock)
            {
                return _first - 1;
            }
        }
    }

    /// <summary>Adds the changes of the next revisions, in order.</summary>
    public void Append(IReadOnlyList<VersionChange[]> revisions)
    {
        lock (_lock)
        {
            if (_count + revisions.Count > _ring.Length)
            {
                Grow(_count + revisions.Count);
            }

            for (var i = 0; i < revisions.Count; i++)
            {
                _ring[(_start + _count++) & (_ring.Length - 1)] = revisions[i];
            }
        }
    }

    /// <summary>Forgets everything up to a revision.</summary>
    public void Trim(long revision)
    {
        lock (_lock)
        {
            while (_count > 0 && _first <= revision)
            {
                _ring[_start] = null;
                _start = (_start + 1) & (_ring.Length - 1);
                _first++;
                _count--;
            }

            if (_count == 0 && _first <= revision)
            {
                _first = revision + 1;
            }
        }
    }

    /// <summary>Reads the revisions after one, as many as there are and fit. Returns how many, or -1 when the next one has been forgotten.</summary>
    public int Read(long after, Span<VersionChange[]> into)
    {
        lock (_lock)
        {
            if (after + 1 < _first)
            {
                return -1;
            }

            var skip = after + 1 - _first;
            var count = (int)Math.Clamp(_count - skip, 0, into.Length);
            for (var i = 0; i < count; i++)
            {
                into[i] = _ring[(_start + (int)skip + i) & (_ring.Length - 1)]!;
            }

            return count;
        }
    }

    private void Grow(int needed)
    {
        var size = _ring.Length;
        while (size < needed)
        {
            size *= 2;
        }

        var ring = new VersionChange[]?[size];
        for (var i = 0; i < _count; i++)
        {
            ring[i] = _ring[(_start + i) & (_ring.Length - 1)];
        }

        (_ring, _start) = (ring, 0);
    }
}
