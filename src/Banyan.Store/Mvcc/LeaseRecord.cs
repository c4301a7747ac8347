namespace Banyan.Store.Mvcc;

/// <summary>A lease inside the store. Its lock guards everything that changes.</summary>
internal sealed class LeaseRecord(long id, long seconds)
{
    private readonly HashSet<StoreKey> _keys = [];

    public Lock Lock { get; } = new();

    public long Id { get; } = id;

    public TimeSpan TimeToLive { get; } = TimeSpan.FromSeconds(seconds);

    public long Seconds { get; } = seconds;

    /// <summary>The clock's timestamp at which it expires. Guarded by <see cref="Lock"/>.</summary>
    public long Deadline { get; set; }

    /// <summary>False until its grant is durable, and again from its end on. Guarded by <see cref="Lock"/>.</summary>
    public bool Usable { get; set; }

    /// <summary>False when nothing changed.</summary>
    public bool Bind(byte[] key)
    {
        lock (Lock)
        {
            return _keys.Add(new StoreKey(key));
        }
    }

    /// <summary>False when nothing changed.</summary>
    public bool Unbind(byte[] key)
    {
        lock (Lock)
        {
            return _keys.Remove(new StoreKey(key));
        }
    }

    public StoreKey[] Keys()
    {
        lock (Lock)
        {
            return [.. _keys];
        }
    }
}
