using System.Collections.Concurrent;

namespace Banyan.Loops.Tests.Running;

/// <summary>A loop that runs, and the faults it reported. Ending it fails the test when a fault was not taken out.</summary>
internal sealed class RunningLoop : IDisposable
{
    public RunningLoop(TimeProvider? clock = null, LoopOptions? options = null, bool portable = false)
    {
        options ??= new LoopOptions { Portable = portable };
        Loop = new EventLoop(0, options with { Clock = clock ?? TimeProvider.System, OnFault = (_, fault) => Faults.Enqueue(fault) });
        Loop.Start();
    }

    public EventLoop Loop { get; }

    public ConcurrentQueue<Exception> Faults { get; } = new();

    public Task On(Action action) => Loop.RunAsync(action);

    public Task<T> On<T>(Func<T> function) => Loop.RunAsync(function);

    public void Dispose()
    {
        Loop.Dispose();
        Assert.Empty(Faults);
    }
}
