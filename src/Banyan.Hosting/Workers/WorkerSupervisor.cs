using Banyan.Hosting.Metrics;
using Microsoft.Extensions.Logging;

namespace Banyan.Hosting.Workers;

/// <summary>
/// Runs the workers of one module and restarts what fails. When a worker has used up its restarts it calls <paramref name="failed"/> once and stays down.
/// </summary>
internal sealed class WorkerSupervisor(string module, IReadOnlyList<ModuleWorker> workers, TimeProvider clock, ILogger log, HostMetrics metrics, Action<string, Exception?> failed)
{
    private readonly CancellationTokenSource _stop = new();
    private readonly string?[] _pausing = new string?[workers.Count];
    private readonly Task[] _loops = new Task[workers.Count];

    /// <summary>Names the first worker that is down at the moment.</summary>
    public string? NotReadyBecause => Array.Find(_pausing, p => p is not null);

    /// <summary>The workers that have not ended.</summary>
    public IReadOnlyList<string> Running => [.. workers.Where((_, i) => _loops[i] is { IsCompleted: false }).Select(w => w.Name)];

    public void Start()
    {
        for (var i = 0; i < workers.Count; i++)
        {
            var index = i;
            // On the pool: a worker whose first step is long must not hold the start of the others.
            _loops[i] = Task.Run(() => SuperviseAsync(index));
        }
    }

    /// <summary>Cancels all workers and waits until they have ended.</summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_loops).WaitAsync(cancellation);
    }

    private async Task SuperviseAsync(int index)
    {
        var worker = workers[index];
        var policy = worker.Restarts;
        var restarts = 0;
        while (true)
        {
            var started = clock.GetTimestamp();
            Exception? cause = null;
            try
            {
                await worker.RunAsync(_stop.Token);
            }
            catch (Exception e)
            {
                cause = e;
            }

            if (_stop.IsCancellationRequested)
            {
                if (cause is not null and not OperationCanceledException)
                {
                    HostLog.WorkerFailedWhileStopping(log, cause, module, worker.Name);
                }

                return;
            }

            restarts = clock.GetElapsedTime(started) >= policy.ForgivenAfter ? 1 : restarts + 1;
            var why = cause is null ? "ended by itself" : $"{cause.GetType().Name}: {cause.Message}";
            if (restarts > policy.Most)
            {
                var message = $"worker '{worker.Name}' failed after {policy.Most} restart{(policy.Most == 1 ? string.Empty : "s")}: {why}";
                _pausing[index] = message;
                failed(message, cause);
                return;
            }

            var pause = policy.PauseBefore(restarts);
            metrics.WorkerRestarted(module, worker.Name);
            HostLog.WorkerRestarts(log, cause, module, worker.Name, why, restarts, policy.Most, pause.TotalSeconds);

            // The pause runs before it is announced: who reads the announcement may count its time from there.
            var paused = Task.Delay(pause, clock, _stop.Token);
            _pausing[index] = $"worker '{worker.Name}' is restarted in {pause.TotalSeconds:0.###} s: {why}";
            try
            {
                await paused;
            }
            catch (OperationCanceledException)
            {
                return;
            }

            _pausing[index] = null;
        }
    }
}
