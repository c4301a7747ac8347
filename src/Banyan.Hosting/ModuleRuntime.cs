using Banyan.Hosting.Workers;

namespace Banyan.Hosting;

/// <summary>One module while its process runs: its state, its requests, its workers. Safe for concurrent use.</summary>
internal sealed class ModuleRuntime(IModule module, ModuleBuilder builder, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private ModuleState _state = ModuleState.New;
    private DateTimeOffset _since = clock.GetUtcNow();
    private string? _failure;
    private int _requests;

    public IModule Module => module;

    public string Name => module.Name;

    public ModuleBuilder Builder => builder;

    /// <summary>Runs the workers; set when the module runs.</summary>
    public WorkerSupervisor? Workers { get; set; }

    /// <summary>True once its start succeeded: only then is it stopped.</summary>
    public bool Started { get; set; }

    public ModuleState State
    {
        get
        {
            lock (_lock)
            {
                return _state;
            }
        }
    }

    /// <summary>Requests that are inside the module's endpoints now.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Goes to a later state; a failed module stays failed.</summary>
    public void Enter(ModuleState state, string? failure = null)
    {
        lock (_lock)
        {
            if (_state == ModuleState.Failed)
            {
                return;
            }

            (_state, _since, _failure) = (state, clock.GetUtcNow(), failure ?? _failure);
        }
    }

    /// <summary>Lets a request in when the module runs.</summary>
    public bool TryEnterRequest()
    {
        // Counted first: a stop that sees zero after it changed the state knows that nobody is on the way in.
        Interlocked.Increment(ref _requests);
        if (State == ModuleState.Running)
        {
            return true;
        }

        Interlocked.Decrement(ref _requests);
        return false;
    }

    public void LeaveRequest() => Interlocked.Decrement(ref _requests);

    public ModuleStatus Status(IServiceProvider services)
    {
        ModuleState state;
        DateTimeOffset since;
        string? reason;
        lock (_lock)
        {
            (state, since, reason) = (_state, _since, _failure);
        }

        if (state != ModuleState.Running)
        {
            reason = reason is null ? $"module {Name} is {state}" : $"module {Name} is {state}: {reason}";
        }
        else
        {
            reason = Workers?.NotReadyBecause ?? Checks(services);
        }

        return new(Name, module.Summary, state, since, reason);
    }

    private string? Checks(IServiceProvider services)
    {
        foreach (var check in builder.Readiness)
        {
            if (check.NotReadyBecause(services) is { } reason)
            {
                return $"{check.Name}: {reason}";
            }
        }

        return null;
    }
}
