using System.Collections.Concurrent;
using Banyan.Store;
using Microsoft.Extensions.Logging;

namespace Banyan.Resources.Watching;

/// <summary>The informers of a process, one a kind, and how far each must have come to show what this process itself has written.</summary>
internal sealed class InformerSet(IStore store, TimeProvider clock, ILogger log) : IAsyncDisposable
{
    // Longer than a watch takes to bring a change; after it the store is asked itself.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<ResourceKind, Lazy<(object Informer, Func<Task> Completion)>> _informers = new();
    private readonly ConcurrentDictionary<ResourceKind, long> _written = new();

    public Informer<TSpec, TStatus> Get<TSpec, TStatus>(ResourceKind<TSpec, TStatus> kind)
        where TSpec : class
        where TStatus : class =>
        (Informer<TSpec, TStatus>)_informers.GetOrAdd(kind, _ => new(() =>
        {
            var informer = new Informer<TSpec, TStatus>(kind, store, clock, log, _stopping.Token);
            return (informer, () => informer.Completion);
        })).Value.Informer;

    /// <summary>Remembers that an object of a kind was written at a revision.</summary>
    public void Wrote(ResourceKind kind, long revision) => _written.AddOrUpdate(kind, revision, (_, before) => Math.Max(before, revision));

    /// <summary>All objects of a kind as the informer has them, this process's own writes included; null when the informer does not get there in time.</summary>
    public async ValueTask<InformerView<TSpec, TStatus>?> CurrentAsync<TSpec, TStatus>(ResourceKind<TSpec, TStatus> kind, CancellationToken ct)
        where TSpec : class
        where TStatus : class
    {
        var informer = Get(kind);
        if (informer.Synced && informer.Revision >= _written.GetValueOrDefault(kind))
        {
            return informer.View;
        }

        try
        {
            await informer.WaitForSyncAsync(ct).WaitAsync(Patience, clock, ct);
            return await informer.ReachAsync(_written.GetValueOrDefault(kind)).WaitAsync(Patience, clock, ct);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        foreach (var informer in _informers.Values)
        {
            await informer.Value.Completion().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _stopping.Dispose();
    }
}
