namespace Banyan.Store;

/// <summary>Compares and operations, committed all or nothing under one new revision.</summary>
/// <param name="Compares">All must hold, or nothing is done. May be empty.</param>
/// <param name="Operations">What to do. Putting one key twice, or deleting what the same transaction puts, is an error. At most 128 (etcd's own limit).</param>
public sealed record StoreTransaction(IReadOnlyList<StoreCompare> Compares, IReadOnlyList<StoreOperation> Operations)
{
    /// <summary>A transaction without conditions.</summary>
    public static StoreTransaction Of(params IReadOnlyList<StoreOperation> operations) => new([], operations);

    /// <summary>The same operations under one more condition.</summary>
    public StoreTransaction When(params IReadOnlyList<StoreCompare> compares) => this with { Compares = [.. Compares, .. compares] };
}

/// <summary>What a compare looks at.</summary>
public enum CompareTarget
{
    /// <summary>The revision that last wrote the key; 0 when it does not exist.</summary>
    ModRevision,

    /// <summary>The revision that created the key; 0 when it does not exist.</summary>
    CreateRevision,

    /// <summary>Number of writes since creation; 0 when it does not exist.</summary>
    Version,

    /// <summary>The lease; 0 when there is none.</summary>
    Lease,

    /// <summary>The value's bytes. False for a key that does not exist, whatever the relation.</summary>
    Value,
}

/// <summary>How a compare relates the key's side (left) to the operand (right).</summary>
public enum CompareRelation
{
    /// <summary>Equal.</summary>
    Equal,

    /// <summary>Not equal.</summary>
    NotEqual,

    /// <summary>Less; bytes compare unsigned.</summary>
    Less,

    /// <summary>Greater; bytes compare unsigned.</summary>
    Greater,
}

/// <summary>One condition of a transaction.</summary>
/// <param name="Key">The key looked at.</param>
/// <param name="Target">What is compared.</param>
/// <param name="Relation">How.</param>
/// <param name="Number">Operand for all targets but <see cref="CompareTarget.Value"/>.</param>
/// <param name="Bytes">Operand for <see cref="CompareTarget.Value"/>.</param>
public sealed record StoreCompare(StoreKey Key, CompareTarget Target, CompareRelation Relation, long Number, ReadOnlyMemory<byte> Bytes = default)
{
    /// <summary>The key does not exist.</summary>
    public static StoreCompare Absent(StoreKey key) => new(key, CompareTarget.ModRevision, CompareRelation.Equal, 0);

    /// <summary>The key was last written at exactly this revision.</summary>
    public static StoreCompare Unchanged(StoreKey key, long modRevision) => new(key, CompareTarget.ModRevision, CompareRelation.Equal, modRevision);
}

/// <summary>One write of a transaction.</summary>
public abstract record StoreOperation
{
    private StoreOperation()
    {
    }

    /// <summary>Writes a key.</summary>
    /// <param name="Key">The key.</param>
    /// <param name="Value">The value.</param>
    /// <param name="LeaseId">Binds the key to a lease (0 = none); replaces an earlier binding.</param>
    public sealed record Put(StoreKey Key, ReadOnlyMemory<byte> Value, long LeaseId = 0) : StoreOperation;

    /// <summary>Deletes every key in a range; deleting nothing is not an error and makes no revision of its own.</summary>
    /// <param name="Range">Which keys.</param>
    public sealed record Delete(KeyRange Range) : StoreOperation;
}

/// <summary>The outcome of a transaction.</summary>
/// <param name="Succeeded">True when all compares held and the operations were done.</param>
/// <param name="Revision">The new revision, or the present one when nothing changed.</param>
/// <param name="Deleted">Number of keys deleted.</param>
/// <param name="Current">When a compare failed: the present entry of each compared key that exists, in the order of the compares.</param>
public sealed record CommitResult(bool Succeeded, long Revision, long Deleted, IReadOnlyList<StoreEntry> Current);
