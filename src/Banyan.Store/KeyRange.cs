namespace Banyan.Store;

/// <summary>Keys from <see cref="Start"/> (included) to <see cref="End"/> (excluded). An empty end means no upper bound.</summary>
/// <param name="Start">The first key; empty = from the beginning.</param>
/// <param name="End">The first key that no longer belongs; empty = to the end.</param>
public readonly record struct KeyRange(StoreKey Start, StoreKey End)
{
    /// <summary>Every key.</summary>
    public static KeyRange All => default;

    /// <summary>Exactly one key.</summary>
    public static KeyRange Single(StoreKey key)
    {
        var end = new byte[key.Length + 1];
        key.Span.CopyTo(end);
        return new KeyRange(key, new StoreKey(end));
    }

    /// <summary>All keys that begin with the prefix.</summary>
    public static KeyRange Prefix(StoreKey prefix)
    {
        var end = prefix.Span.ToArray();
        for (var i = end.Length - 1; i >= 0; i--)
        {
            if (end[i] < 0xFF)
            {
                end[i]++;
                return new KeyRange(prefix, new StoreKey(end[..(i + 1)]));
            }
        }

        return new KeyRange(prefix, default);
    }

    /// <summary>True when the range is exactly one key.</summary>
    public bool IsSingle => End.Length == Start.Length + 1 && End.Span[^1] == 0 && End.Span[..^1].SequenceEqual(Start.Span);

    /// <summary>True when the key lies in the range.</summary>
    public bool Contains(StoreKey key) => Contains(key.Span);

    /// <summary>True when the key lies in the range.</summary>
    public bool Contains(ReadOnlySpan<byte> key) =>
        key.SequenceCompareTo(Start.Span) >= 0 && (End.Length == 0 || key.SequenceCompareTo(End.Span) < 0);
}
