namespace Banyan.Store.Mvcc;

/// <summary>A node of the tree. A node whose <see cref="Edit"/> is not the tree's present edit may be read by others and keeps its shape for ever.</summary>
internal abstract class VersionNode(object edit)
{
    /// <summary>Most slots a node has.</summary>
    public const int Width = 64;

    public object Edit { get; } = edit;

    public int Count { get; set; }
}

/// <summary>Keys in order, each with its newest version. A slot may be replaced in place by a newer version of the same key, even while others read.</summary>
internal sealed class VersionLeaf(object edit) : VersionNode(edit)
{
    public StoredVersion[] Slots { get; } = new StoredVersion[Width];

    /// <summary>Index of the first key that is not less than the given one.</summary>
    public int LowerBound(ReadOnlySpan<byte> key)
    {
        int low = 0, high = Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (Slots[middle].Key.AsSpan().SequenceCompareTo(key) < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    public VersionLeaf Copy(object edit)
    {
        var copy = new VersionLeaf(edit) { Count = Count };
        Array.Copy(Slots, copy.Slots, Count);
        return copy;
    }
}

/// <summary>Children in order; <see cref="Firsts"/>[i] is not greater than any key below child i and greater than every key below child i-1 (entry 0 is not used).</summary>
internal sealed class VersionBranch(object edit) : VersionNode(edit)
{
    public byte[][] Firsts { get; } = new byte[Width][];

    public VersionNode[] Children { get; } = new VersionNode[Width];

    /// <summary>Index of the child that holds the key if anyone does.</summary>
    public int ChildOf(ReadOnlySpan<byte> key)
    {
        int low = 1, high = Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (Firsts[middle].AsSpan().SequenceCompareTo(key) <= 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low - 1;
    }

    public VersionBranch Copy(object edit)
    {
        var copy = new VersionBranch(edit) { Count = Count };
        Array.Copy(Firsts, copy.Firsts, Count);
        Array.Copy(Children, copy.Children, Count);
        return copy;
    }
}
