namespace Banyan.Resources;

/// <summary>
/// A copy of all objects of a kind, kept up to date: list, then watch, taken up again after errors. One per kind and process. It does nothing until
/// <see cref="Start"/> or <see cref="WaitForSyncAsync"/> is called.
/// </summary>
/// <typeparam name="TSpec">What is wanted.</typeparam>
/// <typeparam name="TStatus">What is.</typeparam>
public interface IInformer<TSpec, TStatus>
    where TSpec : class
    where TStatus : class
{
    /// <summary>True once the first whole list has arrived.</summary>
    bool Synced { get; }

    /// <summary>The revision the snapshot is of.</summary>
    long Revision { get; }

    /// <summary>All objects at one revision. Never changes; a newer one takes its place.</summary>
    IReadOnlyDictionary<ResourceName, Resource<TSpec, TStatus>> Snapshot { get; }

    /// <summary>Raised after each swap of the snapshot, one call at a time. Handlers must not block.</summary>
    event Action? Changed;

    /// <summary>Begins to follow the store; again is nothing.</summary>
    void Start();

    /// <summary>Begins, and waits for the first whole list.</summary>
    Task WaitForSyncAsync(CancellationToken ct);
}
