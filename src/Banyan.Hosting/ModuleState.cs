namespace Banyan.Hosting;

/// <summary>
/// Where a module is in its life. It never goes back.
/// <code>
///   New ───▶ Starting ───▶ Running ───▶ Stopping ───▶ Terminated
///    │          │             │            │
///    │          └─────────────┴────────────┴────────▶ Failed
///    └──────────────────────────────────────────────▶ Terminated   (the host stopped before its turn came)
/// </code>
/// </summary>
public enum ModuleState
{
    /// <summary>Constructed; nothing has happened.</summary>
    New,

    /// <summary>Its <see cref="IModule.StartAsync"/> runs.</summary>
    Starting,

    /// <summary>Started, and its workers run.</summary>
    Running,

    /// <summary>Its requests end, then its workers, then its <see cref="IModule.StopAsync"/> runs.</summary>
    Stopping,

    /// <summary>Ended as asked.</summary>
    Terminated,

    /// <summary>Did not start, a worker gave up, or did not stop in time.</summary>
    Failed,
}
