namespace Banyan.Hosting;

/// <summary>A named loop of a module. The host runs it while the module runs, and restarts it with growing pauses when it fails.</summary>
public abstract class ModuleWorker
{
    /// <summary>Name for logs and messages, unique in its module.</summary>
    public abstract string Name { get; }

    /// <summary>How often and when it is restarted.</summary>
    public virtual WorkerRestarts Restarts => WorkerRestarts.Default;

    /// <summary>The loop. It ends when cancelled; ending before that, with or without an exception, is a failure.</summary>
    protected internal abstract Task RunAsync(CancellationToken cancellation);
}
