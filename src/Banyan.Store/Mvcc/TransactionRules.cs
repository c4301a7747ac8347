namespace Banyan.Store.Mvcc;

/// <summary>What every engine refuses before it looks at its keys, so that what runs on one runs on all.</summary>
public static class TransactionRules
{
    /// <summary>Most operations, and most compares, of one transaction; the default limit of etcd.</summary>
    public const int MaxOperations = 128;

    /// <summary>Throws <see cref="StoreError.Invalid"/> with what is wrong.</summary>
    public static void Check(StoreTransaction transaction, int maxValueBytes)
    {
        if (transaction.Operations.Count > MaxOperations || transaction.Compares.Count > MaxOperations)
        {
            throw Invalid($"A transaction has {transaction.Operations.Count} operations and {transaction.Compares.Count} compares; "
                + $"at most {MaxOperations} of each are allowed. Split it.");
        }

        foreach (var compare in transaction.Compares)
        {
            CheckKey(compare.Key);
        }

        foreach (var operation in transaction.Operations)
        {
            if (operation is StoreOperation.Put put)
            {
                CheckKey(put.Key);
                if (put.Value.Length > maxValueBytes)
                {
                    throw Invalid($"The value of '{put.Key}' has {put.Value.Length} bytes; at most {maxValueBytes} are allowed. Store large content elsewhere and its address here.");
                }
            }
        }

        if (transaction.Operations.Count > 1)
        {
            CheckOverlap(transaction.Operations);
        }
    }

    private static void CheckKey(StoreKey key)
    {
        if (key.Length is 0 or > StoreKey.MaxLength)
        {
            throw Invalid(key.Length == 0
                ? $"A key is empty; keys have 1 to {StoreKey.MaxLength} bytes."
                : $"The key '{key.ToString()[..40]}…' has {key.Length} bytes; at most {StoreKey.MaxLength} are allowed.");
        }
    }

    private static void CheckOverlap(IReadOnlyList<StoreOperation> operations)
    {
        var puts = new HashSet<StoreKey>();
        var deletes = 0;
        foreach (var operation in operations)
        {
            if (operation is StoreOperation.Put put && !puts.Add(put.Key))
            {
                throw Invalid($"The key '{put.Key}' is put twice in one transaction. Put it once.");
            }

            deletes += operation is StoreOperation.Delete ? 1 : 0;
        }

        if (deletes == 0 || puts.Count == 0)
        {
            return;
        }

        foreach (var operation in operations)
        {
            if (operation is StoreOperation.Delete delete)
            {
                foreach (var key in puts)
                {
                    if (delete.Range.Contains(key))
                    {
                        throw Invalid($"The key '{key}' is both put and deleted in one transaction. Leave one of them out.");
                    }
                }
            }
        }
    }

    private static StoreException Invalid(string message) => new(StoreError.Invalid, message);
}
