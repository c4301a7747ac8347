namespace Banyan.Store;

/// <summary>One key with its value as of some revision.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The value, at most 1 MiB by default. Never written to after it was handed over.</param>
/// <param name="CreateRevision">Revision that created the key (of its present life).</param>
/// <param name="ModRevision">Revision that last wrote the key.</param>
/// <param name="Version">1 at creation, one more with each write, 0 = does not exist.</param>
/// <param name="LeaseId">The lease it is bound to, 0 = none.</param>
public readonly record struct StoreEntry(StoreKey Key, ReadOnlyMemory<byte> Value, long CreateRevision, long ModRevision, long Version, long LeaseId);
