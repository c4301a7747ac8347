using System.Text.Json;
using Banyan.Resources.Storage;
using Banyan.Store;
using Microsoft.Extensions.Logging;

namespace Banyan.Resources.Watching;

/// <summary>One kind's copy. Written by the follower only; read by anybody without a lock.</summary>
internal sealed class Informer<TSpec, TStatus> : IInformer<TSpec, TStatus>
    where TSpec : class
    where TStatus : class
{
    private readonly ResourceKind<TSpec, TStatus> _kind;
    private readonly ILogger _log;
    private readonly PrefixFollower _follower;
    private readonly CancellationToken _stopping;
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Snapshot and revision change together.
    private volatile InformerView<TSpec, TStatus> _view = InformerView<TSpec, TStatus>.Empty;
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _started;

    public Informer(ResourceKind<TSpec, TStatus> kind, IStore store, TimeProvider clock, ILogger log, CancellationToken stopping)
    {
        _kind = kind;
        _log = log;
        _stopping = stopping;
        _follower = new PrefixFollower(store, ResourceKeys.Prefix(kind, null), kind.Plural, clock, log, Reset, Apply);
    }

    public event Action? Changed;

    public bool Synced => _synced.Task.IsCompletedSuccessfully;

    public long Revision => _view.Revision;

    public IReadOnlyDictionary<ResourceName, Resource<TSpec, TStatus>> Snapshot => _view.Objects;

    /// <summary>The snapshot with who claims what.</summary>
    public InformerView<TSpec, TStatus> View => _view;

    /// <summary>Ends when the follower has ended.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    public void Start()
    {
        if (Interlocked.Exchange(ref _started, 1) == 0)
        {
            Completion = RunAsync();
        }
    }

    public Task WaitForSyncAsync(CancellationToken ct)
    {
        Start();
        return _synced.Task.WaitAsync(ct);
    }

    /// <summary>The view once it is of this revision or a later one.</summary>
    public async Task<InformerView<TSpec, TStatus>> ReachAsync(long revision)
    {
        while (true)
        {
            // Taken before the look, so that no swap is missed between look and wait.
            var next = Volatile.Read(ref _next).Task;
            if (_view is { } view && view.Revision >= revision)
            {
                return view;
            }

            await next;
        }
    }

    private async Task RunAsync()
    {
        await Task.Yield();
        try
        {
            await _follower.RunAsync(_stopping);
            _synced.TrySetCanceled(_stopping);
        }
        catch (Exception e)
        {
            // A handler of Changed or the store's contract is broken. Whoever waits must learn of it.
            _synced.TrySetException(e);
            throw;
        }
    }

    private void Reset(IReadOnlyList<StoreEntry> entries, long revision)
    {
        var known = _view.Objects;
        var edit = new InformerView<TSpec, TStatus>.Edit(_kind, InformerView<TSpec, TStatus>.Empty);
        foreach (var entry in entries)
        {
            var name = ResourceKeys.NameOf(_kind, entry.Key);
            if (known.TryGetValue(name, out var old) && old.Metadata.Revision == entry.ModRevision)
            {
                edit.Put(name, old);
            }
            else if (Read(name, entry) is { } read)
            {
                edit.Put(name, read);
            }
        }

        Swap(edit.Finish(revision));
        _synced.TrySetResult();
    }

    private void Apply(WatchBatch batch)
    {
        if (batch.Events.Count == 0)
        {
            _view = _view with { Revision = batch.Revision };
            Tell();
            return;
        }

        var edit = new InformerView<TSpec, TStatus>.Edit(_kind, _view);
        foreach (var change in batch.Events)
        {
            var name = ResourceKeys.NameOf(_kind, change.Entry.Key);
            if (change.Kind == WatchEventKind.Put && Read(name, change.Entry) is { } read)
            {
                edit.Put(name, read);
            }
            else
            {
                edit.Remove(name);
            }
        }

        Swap(edit.Finish(batch.Revision));
    }

    private void Swap(InformerView<TSpec, TStatus> view)
    {
        _view = view;
        Tell();
        Changed?.Invoke();
    }

    private void Tell() => Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

    private Resource<TSpec, TStatus>? Read(ResourceName name, StoreEntry entry)
    {
        try
        {
            return DocumentCodec.Read(_kind, entry.Value.Span, entry.ModRevision);
        }
        catch (JsonException e)
        {
            // One broken object must not take the others away from everybody.
            ResourcesLog.UnreadableObject(_log, _kind.Name, name.ToString(), entry.ModRevision, e);
            return null;
        }
    }
}
