using Banyan.Loops.Sockets;

namespace Banyan.Loops;

/// <summary>Who is meant by the token of an event: an index, and a generation that is new each time the index is given again.</summary>
internal sealed class PollTable
{
    private Entry[] _entries = new Entry[64];
    private int _free = -1;
    private int _used;
    private int _count;

    /// <summary>Entries in use; may be read from any thread.</summary>
    public int Count => Volatile.Read(ref _count);

    public ulong Add(IPollable source)
    {
        int index;
        if (_free >= 0)
        {
            index = _free;
            _free = _entries[index].NextFree;
        }
        else
        {
            if (_used == _entries.Length)
            {
                Array.Resize(ref _entries, _used * 2);
            }

            index = _used++;
        }

        ref var entry = ref _entries[index];
        entry.Source = source;
        Volatile.Write(ref _count, _count + 1);
        return ((ulong)entry.Generation << 32) | (uint)index;
    }

    /// <summary>Whose token it is; null when that one has gone.</summary>
    public IPollable? Find(ulong token)
    {
        ref var entry = ref _entries[(int)(uint)token];
        return entry.Generation == (uint)(token >> 32) ? entry.Source : null;
    }

    public void Remove(ulong token)
    {
        var index = (int)(uint)token;
        ref var entry = ref _entries[index];
        if (entry.Generation != (uint)(token >> 32) || entry.Source is null)
        {
            return;
        }

        entry.Source = null;
        entry.Generation++;
        entry.NextFree = _free;
        _free = index;
        Volatile.Write(ref _count, _count - 1);
    }

    /// <summary>Everything in it now, as a copy that may be removed from.</summary>
    public IPollable[] All()
    {
        var all = new List<IPollable>(_count);
        foreach (ref var entry in _entries.AsSpan(0, _used))
        {
            if (entry.Source is { } source)
            {
                all.Add(source);
            }
        }

        return [.. all];
    }

    private struct Entry
    {
        public IPollable? Source;
        public uint Generation;
        public int NextFree;
    }
}
