namespace Banyan.Store.Mvcc;

/// <summary>Is shown the newest version of each key in a range, in order.</summary>
internal interface IVersionVisitor
{
    /// <summary>Returns false to stop.</summary>
    bool Visit(StoredVersion newest);
}

/// <summary>
/// The ordered index: a B+ tree from key to newest version. One writer; any number of readers, without locks, on roots that <see cref="Share"/> gave out.
/// A new key copies the path to it, once an edit (the time between two calls of Share); a new version of a known key only replaces its slot, which readers of
/// older roots may see: they skip versions newer than the revision they read at.
/// </summary>
internal sealed class VersionTree
{
    private VersionNode? _root;
    private object _edit = new();

    // Where Seek ended: the slot of the key, or the one it would have.
    private VersionLeaf? _soughtLeaf;
    private int _soughtIndex;
    private bool _soughtFound;

    /// <summary>The root for readers; whatever is inserted or removed later leaves its shape alone.</summary>
    public VersionNode? Share()
    {
        _edit = new object();
        return _root;
    }

    /// <summary>Goes back to a root given out before.</summary>
    public void Return(VersionNode? root)
    {
        _root = root;
        _edit = new object();
    }

    public StoredVersion? Find(ReadOnlySpan<byte> key) => Find(_root, key);

    /// <summary>Finds a key that is about to be written by <see cref="Set"/>, so that the way to it is gone only once.</summary>
    public StoredVersion? Seek(ReadOnlySpan<byte> key)
    {
        _soughtFound = Locate(_root, key, out _soughtLeaf!, out _soughtIndex);
        return _soughtFound ? _soughtLeaf.Slots[_soughtIndex] : null;
    }

    /// <summary>Writes the key sought last; nothing else may have happened to the tree in between.</summary>
    public void Set(StoredVersion version)
    {
        if (_soughtFound)
        {
            Volatile.Write(ref _soughtLeaf!.Slots[_soughtIndex], version);
        }
        else if (_soughtLeaf is { } leaf && leaf.Edit == _edit && leaf.Count < VersionNode.Width)
        {
            InsertAt(leaf, _soughtIndex, version);
        }
        else
        {
            Insert(version);
        }

        _soughtLeaf = null;
    }

    public void Visit<TVisitor>(KeyRange range, ref TVisitor visitor)
        where TVisitor : struct, IVersionVisitor => Visit(_root, range, ref visitor);

    /// <summary>Replaces the newest version of a key that is in the tree.</summary>
    public void Replace(StoredVersion version)
    {
        if (!Locate(_root, version.Key, out var leaf, out var index))
        {
            throw new InvalidOperationException("The key is not in the tree.");
        }

        Volatile.Write(ref leaf.Slots[index], version);
    }

    /// <summary>Adds a key that is not in the tree.</summary>
    public void Insert(StoredVersion version)
    {
        if (_root is null)
        {
            var leaf = new VersionLeaf(_edit) { Count = 1 };
            leaf.Slots[0] = version;
            _root = leaf;
            return;
        }

        var right = InsertBelow(ref _root, version);
        if (right is { } split)
        {
            var root = new VersionBranch(_edit) { Count = 2 };
            root.Children[0] = _root;
            root.Firsts[0] = [];
            root.Children[1] = split.Node;
            root.Firsts[1] = split.First;
            _root = root;
        }
    }

    /// <summary>Takes a key out; nothing happens when it is not there.</summary>
    public void Remove(ReadOnlySpan<byte> key)
    {
        if (_root is null || !Locate(_root, key, out _, out _))
        {
            return;
        }

        RemoveBelow(ref _root, key);
        if (_root.Count == 0)
        {
            _root = null;
        }

        while (_root is VersionBranch { Count: 1 } branch)
        {
            _root = branch.Children[0];
        }
    }

    public static StoredVersion? Find(VersionNode? root, ReadOnlySpan<byte> key) =>
        Locate(root, key, out var leaf, out var index) ? Volatile.Read(ref leaf.Slots[index]) : null;

    /// <summary>Puts back an older version of a key in a root that readers may hold.</summary>
    public static void Restore(VersionNode? root, ReadOnlySpan<byte> key, long revision)
    {
        if (!Locate(root, key, out var leaf, out var index))
        {
            return;
        }

        var version = leaf.Slots[index];
        while (version.ModRevision > revision && version.Previous is { } older)
        {
            version = older;
        }

        Volatile.Write(ref leaf.Slots[index], version);
    }

    public static void Visit<TVisitor>(VersionNode? root, KeyRange range, ref TVisitor visitor)
        where TVisitor : struct, IVersionVisitor
    {
        if (root is not null)
        {
            Visit(root, range.Start.Span, range.End.Span, ref visitor);
        }
    }

    private static bool Visit<TVisitor>(VersionNode node, ReadOnlySpan<byte> start, ReadOnlySpan<byte> end, ref TVisitor visitor)
        where TVisitor : struct, IVersionVisitor
    {
        if (node is VersionLeaf leaf)
        {
            var slots = leaf.Slots;
            for (var i = start.IsEmpty ? 0 : leaf.LowerBound(start); i < leaf.Count; i++)
            {
                var version = Volatile.Read(ref slots[i]);
                if ((!end.IsEmpty && version.Key.AsSpan().SequenceCompareTo(end) >= 0) || !visitor.Visit(version))
                {
                    return false;
                }
            }

            return true;
        }

        var branch = (VersionBranch)node;
        for (var i = start.IsEmpty ? 0 : branch.ChildOf(start); i < branch.Count; i++)
        {
            if (!Visit(branch.Children[i], start, end, ref visitor))
            {
                return false;
            }

            start = default;
        }

        return true;
    }

    private static bool Locate(VersionNode? node, ReadOnlySpan<byte> key, out VersionLeaf leaf, out int index)
    {
        while (node is VersionBranch branch)
        {
            node = branch.Children[branch.ChildOf(key)];
        }

        if (node is null)
        {
            (leaf, index) = (null!, 0);
            return false;
        }

        leaf = (VersionLeaf)node;
        index = leaf.LowerBound(key);
        return index < leaf.Count && leaf.Slots[index].Key.AsSpan().SequenceEqual(key);
    }

    private (VersionNode Node, byte[] First)? InsertBelow(ref VersionNode node, StoredVersion version)
    {
        if (node is VersionLeaf shared)
        {
            var leaf = shared.Edit == _edit ? shared : shared.Copy(_edit);
            node = leaf;
            return InsertInLeaf(leaf, version);
        }

        var branch = (VersionBranch)node;
        if (branch.Edit != _edit)
        {
            branch = branch.Copy(_edit);
            node = branch;
        }

        var index = branch.ChildOf(version.Key);
        var right = InsertBelow(ref branch.Children[index], version);
        return right is { } split ? InsertInBranch(branch, index + 1, split.Node, split.First) : null;
    }

    private static void InsertAt(VersionLeaf leaf, int index, StoredVersion version)
    {
        Array.Copy(leaf.Slots, index, leaf.Slots, index + 1, leaf.Count - index);
        leaf.Slots[index] = version;
        leaf.Count++;
    }

    private (VersionNode Node, byte[] First)? InsertInLeaf(VersionLeaf leaf, StoredVersion version)
    {
        var index = leaf.LowerBound(version.Key);
        if (leaf.Count < VersionNode.Width)
        {
            InsertAt(leaf, index, version);
            return null;
        }

        // Keys that come in ascending order (a load, time-ordered names) fill their leaves instead of leaving every one half empty.
        var keep = index == leaf.Count ? leaf.Count : leaf.Count / 2;
        var right = new VersionLeaf(_edit) { Count = leaf.Count - keep };
        Array.Copy(leaf.Slots, keep, right.Slots, 0, right.Count);
        Array.Clear(leaf.Slots, keep, right.Count);
        leaf.Count = keep;
        _ = index < keep ? InsertInLeaf(leaf, version) : InsertInLeaf(right, version);
        return (right, right.Slots[0].Key);
    }

    private (VersionNode Node, byte[] First)? InsertInBranch(VersionBranch branch, int index, VersionNode child, byte[] first)
    {
        if (branch.Count < VersionNode.Width)
        {
            Array.Copy(branch.Children, index, branch.Children, index + 1, branch.Count - index);
            Array.Copy(branch.Firsts, index, branch.Firsts, index + 1, branch.Count - index);
            branch.Children[index] = child;
            branch.Firsts[index] = first;
            branch.Count++;
            return null;
        }

        var keep = index == branch.Count ? branch.Count - 1 : branch.Count / 2;
        var right = new VersionBranch(_edit) { Count = branch.Count - keep };
        Array.Copy(branch.Children, keep, right.Children, 0, right.Count);
        Array.Copy(branch.Firsts, keep, right.Firsts, 0, right.Count);
        Array.Clear(branch.Children, keep, right.Count);
        Array.Clear(branch.Firsts, keep, right.Count);
        branch.Count = keep;
        _ = index <= keep ? InsertInBranch(branch, index, child, first) : InsertInBranch(right, index - keep, child, first);
        return (right, right.Firsts[0]);
    }

    private void RemoveBelow(ref VersionNode node, ReadOnlySpan<byte> key)
    {
        if (node is VersionLeaf shared)
        {
            var leaf = shared.Edit == _edit ? shared : shared.Copy(_edit);
            node = leaf;
            var at = leaf.LowerBound(key);
            Array.Copy(leaf.Slots, at + 1, leaf.Slots, at, leaf.Count - at - 1);
            leaf.Slots[--leaf.Count] = null!;
            return;
        }

        var branch = (VersionBranch)node;
        if (branch.Edit != _edit)
        {
            branch = branch.Copy(_edit);
            node = branch;
        }

        var index = branch.ChildOf(key);
        RemoveBelow(ref branch.Children[index], key);
        if (branch.Children[index].Count == 0)
        {
            Array.Copy(branch.Children, index + 1, branch.Children, index, branch.Count - index - 1);
            Array.Copy(branch.Firsts, index + 1, branch.Firsts, index, branch.Count - index - 1);
            branch.Count--;
            branch.Children[branch.Count] = null!;
            branch.Firsts[branch.Count] = null!;
        }
    }
}
