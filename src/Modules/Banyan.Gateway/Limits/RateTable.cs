using Banyan.Gateway.Balancing;

namespace Banyan.Gateway.Limits;

/// <summary>
/// A number for each key, in a table that never grows: sixteen bytes an entry, four places a key may stand in. When all four are taken the entry that restrains
/// its key least makes way, so that a flood of new keys costs somebody's memory of a few requests, and never the gateway's.
/// </summary>
/// <remarks>The number is the key's theoretical arrival time; one that is past means the same as no entry.</remarks>
internal sealed class RateTable
{
    private const int Ways = 4;

    private readonly ulong[] _keys;
    private readonly long[] _times;
    private readonly int[] _busy;
    private readonly ulong _seed;

    /// <summary>Makes a table.</summary>
    /// <param name="capacity">Entries; rounded up to a power of two, at least four.</param>
    /// <param name="seed">Secret, so that nobody can choose keys that meet in one place.</param>
    public RateTable(int capacity, ulong seed)
    {
        Capacity = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(capacity, Ways));
        _keys = new ulong[Capacity];
        _times = new long[Capacity];
        _busy = new int[Capacity / Ways];
        _seed = seed;
    }

    /// <summary>Entries there can be.</summary>
    public int Capacity { get; }

    /// <summary>Moves a key's time on by <paramref name="step"/>, from now if it is past, unless it would come further than <paramref name="ahead"/> before now.</summary>
    /// <returns>True when it was moved, and the time it then has; else false and the time it would have had.</returns>
    public bool TryAdvance(ulong key, long step, long ahead, long now, out long time)
    {
        var spread = KeyHash.Mix(key + _seed);
        key = key == 0 ? 1 : key;
        var set = (int)(spread & (ulong)(_busy.Length - 1));
        Enter(set);
        try
        {
            var place = Find(set * Ways, key);
            var known = _keys[place] == key ? _times[place] : now;
            time = Math.Max(known, now) + step;
            if (time - now > ahead)
            {
                return false;
            }

            (_keys[place], _times[place]) = (key, time);
            return true;
        }
        finally
        {
            Volatile.Write(ref _busy[set], 0);
        }
    }

    // The key's own place, or the one that is missed least: empty and past ones have the smallest times.
    private int Find(int from, ulong key)
    {
        var least = from;
        for (var place = from; place < from + Ways; place++)
        {
            if (_keys[place] == key)
            {
                return place;
            }

            least = _times[place] < _times[least] ? place : least;
        }

        return least;
    }

    // Held for nanoseconds, and by one set of four of thousands.
    private void Enter(int set)
    {
        var wait = default(SpinWait);
        while (Interlocked.CompareExchange(ref _busy[set], 1, 0) != 0)
        {
            wait.SpinOnce();
        }
    }
}
