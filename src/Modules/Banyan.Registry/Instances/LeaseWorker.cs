using Banyan.Hosting;
using Banyan.Registry.Storage;
using Banyan.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Banyan.Registry.Instances;

/// <summary>Ends leases, and removes from the store what has been lost for longer than the grace.</summary>
internal sealed class LeaseWorker(InstanceTable table, RegistrationStore store, TimeProvider clock, IHostApplicationLifetime lifetime, ILogger<LeaseWorker> log)
    : ModuleWorker
{
    private const int ConcurrentRemovals = 16;

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(500);

    public override string Name => "leases";

    protected override async Task RunAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Step, clock);
        while (await timer.WaitForNextTickAsync(ct))
        {
            // A process that stops no longer takes heartbeats, so silence means nothing; callers must not be told that everybody is lost.
            if (!lifetime.ApplicationStopping.IsCancellationRequested)
            {
                await SweepAsync(ct);
            }
        }
    }

    internal async Task SweepAsync(CancellationToken ct)
    {
        var gone = table.Sweep();
        if (gone.Count == 0)
        {
            return;
        }

        var removed = 0;
        await Parallel.ForEachAsync(
            gone,
            new ParallelOptions { MaxDegreeOfParallelism = ConcurrentRemovals, CancellationToken = ct },
            async (entry, token) =>
            {
                try
                {
                    // A registration that came back in this very moment has a newer revision, and stays.
                    if (await store.DeleteAsync(entry.Name, entry.Revision, token) is { } revision)
                    {
                        table.Remove(entry.Name, revision);
                        Interlocked.Increment(ref removed);
                    }
                }
                catch (StoreException e) when (e.Error == StoreError.Unavailable)
                {
                    log.NotRemoved(entry.Name.ToString(), e.Message);
                }
            });
        if (removed > 0)
        {
            log.LostRemoved(removed);
        }
    }
}
