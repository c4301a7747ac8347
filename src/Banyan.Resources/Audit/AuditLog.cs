using System.Buffers;
using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Banyan.Contracts;
using Banyan.Resources.Json;
using Banyan.Resources.Storage;
using Banyan.Store;

namespace Banyan.Resources.Audit;

/// <summary>
/// Who changed what. A record is written in the transaction of the change it tells of, under a key that begins with the revision the writer had read: two changes
/// of one object are therefore always in order. A bounded number is kept.
/// </summary>
public sealed class AuditLog(IStore store, TimeProvider clock, ResourcesOptions options)
{
    private const int TrimEvery = 128;
    private const int PageOfKeys = 512;

    private static readonly KeyRange Everything = KeyRange.Prefix(ResourceKeys.Audit);

    private long _sequence;

    /// <summary>The operation that records a change; part of the change's transaction.</summary>
    /// <param name="entry">What happened.</param>
    /// <param name="readRevision">The revision at which the writer read the object.</param>
    public StoreOperation Record(AuditEntry entry, long readRevision)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var writer = new Utf8JsonWriter(buffer, ResourceJson.Compact);
        writer.WriteStartObject();
        writer.WriteString("at", clock.GetUtcNow());
        writer.WriteStartObject("actor");
        writer.WriteString("name", entry.Actor.Name);
        writer.WriteString("role", RoleName(entry.Actor.Role));
        writer.WriteString("address", entry.Actor.Address);
        writer.WriteEndObject();
        writer.WriteString("verb", entry.Verb);
        writer.WriteString("kind", entry.Kind);
        if (entry.Name.Domain is not null)
        {
            writer.WriteString("domain", entry.Name.Domain);
        }

        writer.WriteString("name", entry.Name.Name);
        if (entry.Manager is not null)
        {
            writer.WriteString("manager", entry.Manager);
        }

        Raw(writer, "before", entry.Before);
        Raw(writer, "after", entry.After);
        writer.WriteEndObject();
        writer.Flush();
        var unlike = Guid.NewGuid().ToString("N")[..8];
        return new StoreOperation.Put($"{ResourceKeys.Audit}{readRevision:D19}-{Interlocked.Increment(ref _sequence):X8}-{unlike}", buffer.WrittenSpan.ToArray());
    }

    /// <summary>Records, newest first.</summary>
    public async Task<AuditPage> ListAsync(AuditFilter filter, CancellationToken ct)
    {
        var limit = filter.Limit is > 0 and <= 1000 ? filter.Limit : 100;
        var end = filter.Continue is null ? Everything.End : ReadContinue(filter.Continue);
        var keys = await store.RangeAsync(new RangeQuery(new KeyRange(Everything.Start, end)) { KeysOnly = true }, ct);
        var result = new List<AuditRecord>();
        for (var i = keys.Entries.Count - 1; i >= 0; i--)
        {
            if (result.Count == limit)
            {
                return new AuditPage(result, keys.Revision, Base64Url.EncodeToString(keys.Entries[i + 1].Key.Span));
            }

            var found = await store.RangeAsync(new RangeQuery(KeyRange.Single(keys.Entries[i].Key)), ct);
            if (found.Entries.Count == 1 && Read(found.Entries[0]) is var record && Matches(record, filter))
            {
                result.Add(record);
            }
        }

        return new AuditPage(result, keys.Revision, null);
    }

    /// <summary>New records as they are made, after a revision (0 = from now on).</summary>
    public async IAsyncEnumerable<AuditRecord> WatchAsync(AuditFilter filter, long after, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var batch in store.WatchAsync(new WatchQuery(Everything) { AfterRevision = after, Progress = false }, ct))
        {
            foreach (var change in batch.Events)
            {
                if (change.Kind == WatchEventKind.Put && Read(change.Entry) is var record && Matches(record, filter))
                {
                    yield return record;
                }
            }
        }
    }

    /// <summary>True now and then while records are being written: time to call <see cref="TrimAsync"/>.</summary>
    internal bool TrimIsDue => Interlocked.Read(ref _sequence) % TrimEvery == 0;

    /// <summary>Deletes the oldest records past the number that is kept.</summary>
    /// <returns>How many were deleted.</returns>
    public async Task<long> TrimAsync(CancellationToken ct)
    {
        var count = await store.RangeAsync(new RangeQuery(Everything) { CountOnly = true }, ct);
        var deleted = 0L;
        for (var over = count.Count - options.AuditRecordsKept; over > 0; over -= PageOfKeys)
        {
            var oldest = await store.RangeAsync(new RangeQuery(Everything) { KeysOnly = true, Limit = (int)Math.Min(over, PageOfKeys) }, ct);
            var range = new KeyRange(Everything.Start, KeyRange.Single(oldest.Entries[^1].Key).End);
            deleted += (await store.CommitAsync(StoreTransaction.Of(new StoreOperation.Delete(range)), ct)).Deleted;
        }

        return deleted;
    }

    internal static string RoleName(ActorRole role) => role switch
    {
        ActorRole.Administrator => "administrator",
        ActorRole.Reader => "reader",
        ActorRole.Service => "service",
        _ => "system",
    };

    private static void Raw(Utf8JsonWriter writer, string name, ReadOnlyMemory<byte> json)
    {
        if (!json.IsEmpty)
        {
            writer.WritePropertyName(name);
            writer.WriteRawValue(json.Span, skipInputValidation: true);
        }
    }

    private static AuditRecord Read(StoreEntry entry)
    {
        var document = new JsonObject { ["revision"] = entry.ModRevision };
        foreach (var (name, value) in JsonNode.Parse(entry.Value.Span)!.AsObject())
        {
            document[name] = value?.DeepClone();
        }

        return new AuditRecord(entry.Key.ToString(), entry.ModRevision, document);
    }

    private static bool Matches(AuditRecord record, AuditFilter filter) =>
        Is(filter.Kind, record.Document["kind"])
        && Is(filter.Domain, record.Document["domain"])
        && Is(filter.Name, record.Document["name"])
        && Is(filter.Actor, record.Document["actor"]?["name"]);

    private static bool Is(string? wanted, JsonNode? value) => wanted is null || wanted == value?.GetValue<string>();

    private static StoreKey ReadContinue(string token)
    {
        if (Base64Url.IsValid(token) && Base64Url.DecodeFromChars(token) is var bytes && bytes.AsSpan().StartsWith("/audit/"u8))
        {
            return new StoreKey(bytes);
        }

        throw new BanyanException(ResourceErrors.BadContinue, "The continue token was not made by this list. Ask for the first page again.");
    }
}
