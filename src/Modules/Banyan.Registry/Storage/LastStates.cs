using Banyan.Contracts.Registry.V1;
using Banyan.Hosting;
using Banyan.Registry.Instances;
using Banyan.Store;
using Microsoft.Extensions.Logging;

namespace Banyan.Registry.Storage;

/// <summary>
/// Writes states that have lasted, and changes of owner, into the store, many in one transaction, so that a restarted registry shows callers what it showed
/// before. An instance that flaps faster than the delay is never written. It wakes only while there is something to write.
/// </summary>
internal sealed class LastStates(InstanceTable table, RegistrationStore store, RegistryOptions options, TimeProvider clock, RegistryMetrics metrics, ILogger<LastStates> log)
    : ModuleWorker, IDisposable
{
    private const int BatchSize = 128;

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(200);

    private readonly Lock _lock = new();
    private readonly Dictionary<InstanceEntry, long> _outdated = [];
    private readonly PeriodicTimer _timer = new(Timeout.InfiniteTimeSpan, clock);

    public override string Name => "last-states";

    public void Dispose() => _timer.Dispose();

    /// <summary>Notes an entry whose stored state is out of date; its delay starts again with every change of state. The first state ever waits for nothing.</summary>
    public void Note(InstanceEntry entry)
    {
        lock (_lock)
        {
            if (_outdated.Count == 0)
            {
                _timer.Period = Step;
            }

            var first = entry.Registration.Stored.LastState == InstanceState.Unspecified;
            _outdated[entry] = clock.GetTimestamp() - (first ? (long)(options.LastStateDelay.TotalSeconds * clock.TimestampFrequency) : 0);
        }
    }

    protected override async Task RunAsync(CancellationToken ct)
    {
        while (await _timer.WaitForNextTickAsync(ct))
        {
            await WriteDueAsync(ct);
        }
    }

    internal async Task WriteDueAsync(CancellationToken ct)
    {
        foreach (var batch in TakeDue().Chunk(BatchSize))
        {
            var changes = batch.Select(Change).OfType<(InstanceName, StoredRegistration, long)>().ToList();
            if (changes.Count == 0)
            {
                continue;
            }

            try
            {
                if (!await TryWriteAsync(changes, ct))
                {
                    // One of them changed under the batch; the others are written one by one, and that one is noted again by its own change.
                    foreach (var change in changes)
                    {
                        await TryWriteAsync([change], ct);
                    }
                }
            }
            catch (StoreException e) when (e.Error is StoreError.Unavailable or StoreError.NoSpace)
            {
                log.StatesNotWritten(changes.Count, e.Message);
                foreach (var entry in batch)
                {
                    Note(entry);
                }
            }
        }
    }

    private async Task<bool> TryWriteAsync(List<(InstanceName Name, StoredRegistration Next, long Revision)> changes, CancellationToken ct)
    {
        if (await store.ReplaceAsync(changes, ct) is not { } revision)
        {
            return false;
        }

        metrics.Writes.Add(changes.Count);
        foreach (var (_, next, _) in changes)
        {
            table.Apply(next, revision, heard: false);
        }

        return true;
    }

    private List<InstanceEntry> TakeDue()
    {
        lock (_lock)
        {
            var due = _outdated.Where(o => clock.GetElapsedTime(o.Value) >= options.LastStateDelay).Select(o => o.Key).ToList();
            foreach (var entry in due)
            {
                _outdated.Remove(entry);
            }

            if (_outdated.Count == 0)
            {
                _timer.Period = Timeout.InfiniteTimeSpan;
            }

            return due;
        }
    }

    private (InstanceName Name, StoredRegistration Next, long Revision)? Change(InstanceEntry entry) => table.Read(
        entry,
        e =>
        {
            var state = InstanceStates.ToStore(e.Current.State) ?? e.Registration.Stored.LastState;
            if (e.Removed || !e.Mine || (state == InstanceStates.Restored(e.Registration) && e.Registration.Stored.Owner == options.Node))
            {
                return ((InstanceName, StoredRegistration, long)?)null;
            }

            var next = e.Registration.Stored.Clone();
            next.LastState = state;
            next.Owner = options.Node;
            return (e.Name, next, e.Revision);
        });
}
