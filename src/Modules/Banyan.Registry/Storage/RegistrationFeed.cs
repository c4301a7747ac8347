using Banyan.Contracts.Registry.V1;
using Banyan.Hosting;
using Banyan.Registry.Instances;
using Banyan.Store;
using Microsoft.Extensions.Logging;

namespace Banyan.Registry.Storage;

/// <summary>Keeps the table in step with the store: lists once, then watches. A store that is away stops news, never answers: the table stays as it is.</summary>
internal sealed class RegistrationFeed(RegistrationStore store, InstanceTable table, TimeProvider clock, ILogger<RegistrationFeed> log) : ModuleWorker
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    public override string Name => "registrations";

    protected override async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await FollowAsync(await LoadAsync(ct), ct);
            }
            catch (StoreException e) when (e.Error is StoreError.Unavailable or StoreError.Compacted)
            {
                log.StoreAway(e.Message);
                await Task.Delay(RetryDelay, clock, ct);
            }
        }
    }

    private async Task<long> LoadAsync(CancellationToken ct)
    {
        var present = new HashSet<InstanceName>();
        var revision = await store.ListAsync(
            (stored, modRevision) =>
            {
                present.Add(InstanceName.Of(stored.Request.Instance));
                table.Apply(stored, modRevision, heard: false);
            },
            ct);
        table.RemoveAllBut(present, revision);
        if (!table.Ready)
        {
            table.MarkReady();
            log.SnapshotRead(present.Count, revision);
        }

        return revision;
    }

    private async Task FollowAsync(long revision, CancellationToken ct)
    {
        await foreach (var batch in store.WatchAsync(revision, ct))
        {
            foreach (var change in batch.Events)
            {
                if (change.Kind == WatchEventKind.Put)
                {
                    table.Apply(StoredRegistration.Parser.ParseFrom(change.Entry.Value.Span), change.Entry.ModRevision, heard: false);
                }
                else if (RegistrationStore.NameOf(change.Entry.Key) is { } name)
                {
                    table.Remove(name, change.Entry.ModRevision);
                }
            }
        }
    }
}
