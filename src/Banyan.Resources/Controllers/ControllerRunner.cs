using Banyan.Store;
using Microsoft.Extensions.Logging;

namespace Banyan.Resources.Controllers;

/// <summary>How a controller is run.</summary>
public sealed record ControllerOptions
{
    /// <summary>How many objects are worked on at once. Default 4.</summary>
    public int Parallel { get; init; } = 4;

    /// <summary>After how long without a sign another process takes over. Default 10 s.</summary>
    public TimeSpan LeaseTimeToLive { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How this process is called among those that stand for the lease.</summary>
    public string Candidate { get; init; } = $"{Environment.MachineName}/{Environment.ProcessId}";

    /// <summary>Every object is looked at this often even when nothing changes; null = never.</summary>
    public TimeSpan? Resync { get; init; }
}

/// <summary>
/// Runs a controller: one process acts (lease); every change of an object, and every object when acting begins, leads to a reconcile; failures are tried again with
/// back-off; a reconcile that takes too long is cancelled.
/// </summary>
/// <typeparam name="TSpec">What is wanted.</typeparam>
/// <typeparam name="TStatus">What is.</typeparam>
public sealed class ControllerRunner<TSpec, TStatus>(
    ResourceController<TSpec, TStatus> controller,
    IInformer<TSpec, TStatus> informer,
    IStore store,
    TimeProvider clock,
    Random random,
    ControllerOptions options,
    ILogger log)
    where TSpec : class
    where TStatus : class
{
    private static readonly TimeSpan PauseAfterError = TimeSpan.FromSeconds(1);

    /// <summary>True while this process acts.</summary>
    public bool Acts { get; private set; }

    /// <summary>Runs until cancelled. Put it into a supervised worker.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        await informer.WaitForSyncAsync(ct);
        var election = new StoreElection(store, controller.Name, options.Candidate, options.LeaseTimeToLive, clock);
        while (!ct.IsCancellationRequested)
        {
            try
            {
                var reason = await election.RunOnceAsync(ActAsync, ct);
                ResourcesLog.ControllerStepsDown(log, controller.Name, reason);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (StoreException e)
            {
                ResourcesLog.ControllerStepsDown(log, controller.Name, e.Message);
                await Task.Delay(PauseAfterError, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ActAsync(CancellationToken ct)
    {
        using var queue = new KeyedQueue(clock, random);
        var known = new Dictionary<ResourceName, long>();
        var gate = new Lock();
        ResourcesLog.ControllerLeads(log, controller.Name);
        informer.Changed += Enqueue;
        Acts = true;
        try
        {
            Enqueue();
            await Task.WhenAll(Enumerable.Range(0, options.Parallel).Select(_ => WorkAsync(queue, ct)));
        }
        finally
        {
            Acts = false;
            informer.Changed -= Enqueue;
        }

        // The snapshot says what is; only what differs from the last one asks for work.
        void Enqueue()
        {
            lock (gate)
            {
                var snapshot = informer.Snapshot;
                foreach (var (name, resource) in snapshot)
                {
                    if (!known.TryGetValue(name, out var revision) || revision != resource.Metadata.Revision)
                    {
                        known[name] = resource.Metadata.Revision;
                        queue.Add(name);
                    }
                }

                foreach (var gone in known.Keys.Where(n => !snapshot.ContainsKey(n)).ToArray())
                {
                    known.Remove(gone);
                    queue.Add(gone);
                }
            }
        }
    }

    private async Task WorkAsync(KeyedQueue queue, CancellationToken ct)
    {
        while (true)
        {
            var name = await queue.TakeAsync(ct);
            var resource = informer.Snapshot.GetValueOrDefault(name);
            try
            {
                using var deadline = new CancellationTokenSource(controller.Deadline, clock);
                using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, ct);
                var result = await controller.ReconcileAsync(name, resource, linked.Token);
                queue.Done(name, succeeded: true);
                if ((result.After ?? (resource is null ? null : options.Resync)) is { } after)
                {
                    queue.AddAfter(name, after);
                }
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                throw;
            }
            catch (Exception e)
            {
                // One object's trouble must not stop the others: told, and tried again later.
                var (failures, delay) = queue.Done(name, succeeded: false);
                ResourcesLog.ReconcileFailed(log, controller.Name, name.ToString(), failures, delay, e);
            }
        }
    }
}
