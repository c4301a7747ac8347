namespace Banyan.Resources.Controllers;

/// <summary>What a reconcile asks for next.</summary>
/// <param name="After">Look at the object again after this time, whether it changes or not; null = only when it changes.</param>
public readonly record struct ReconcileResult(TimeSpan? After)
{
    /// <summary>Everything is as it should be.</summary>
    public static ReconcileResult Done => default;

    /// <summary>Look again later.</summary>
    public static ReconcileResult Again(TimeSpan after) => new(after);
}

/// <summary>Brings the world to what objects of a kind say. Run by a <see cref="ControllerRunner{TSpec, TStatus}"/>.</summary>
/// <typeparam name="TSpec">What is wanted.</typeparam>
/// <typeparam name="TStatus">What is.</typeparam>
public abstract class ResourceController<TSpec, TStatus>
    where TSpec : class
    where TStatus : class
{
    /// <summary>The controller's name; also names the lease that lets one process act.</summary>
    public abstract string Name { get; }

    /// <summary>How long one reconcile may take before it is cancelled and tried again. Default 30 s.</summary>
    public virtual TimeSpan Deadline => TimeSpan.FromSeconds(30);

    /// <summary>
    /// Compares what is wanted with what is and takes the next step. Level-triggered: called with a name, never with a change; several changes may be one call. Must be
    /// safe to repeat. Never called twice at once for one object. The object may be gone.
    /// </summary>
    /// <param name="name">Which object.</param>
    /// <param name="resource">The object as last seen; null when it is gone.</param>
    /// <param name="ct">Cancelled at the deadline, when another process takes over, and at the end.</param>
    public abstract Task<ReconcileResult> ReconcileAsync(ResourceName name, Resource<TSpec, TStatus>? resource, CancellationToken ct);
}
