using System.Runtime.InteropServices;

namespace Banyan.Hosting;

/// <summary>The first SIGINT or SIGTERM stops in order, the second SIGINT at once.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly TaskCompletionSource _forced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _count;

    public StopSignals(ModuleHost host)
    {
        foreach (var signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGQUIT])
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                if (Interlocked.Increment(ref _count) == 1)
                {
                    _ = host.StopAsync(context.Signal.ToString());
                }
                else if (context.Signal == PosixSignal.SIGINT)
                {
                    _forced.TrySetResult();
                }
            }));
        }
    }

    /// <summary>Ends when the user insists.</summary>
    public Task Forced => _forced.Task;

    public void Dispose() => _registrations.ForEach(r => r.Dispose());
}
