using Banyan.Contracts.Store.V1;
using Google.Protobuf;
using CommitOutcome = Banyan.Store.CommitOutcome;
using WireBatch = Banyan.Contracts.Store.V1.WatchBatch;
using WireOutcome = Banyan.Contracts.Store.V1.CommitOutcome;
using WireEvent = Banyan.Contracts.Store.V1.WatchEvent;
using WireRange = Banyan.Contracts.Store.V1.KeyRange;

namespace Banyan.Store.Remote;

/// <summary>The store's types as messages and back. Bytes are shared, not copied: neither side ever writes to them.</summary>
internal static class StoreMessages
{
    public static ByteString ToWire(ReadOnlyMemory<byte> bytes) => UnsafeByteOperations.UnsafeWrap(bytes);

    public static StoreKey ToKey(ByteString bytes) => new(bytes.ToByteArray());

    public static WireRange ToWire(KeyRange range) => new() { Start = ToWire(range.Start.Memory), End = ToWire(range.End.Memory) };

    public static KeyRange FromWire(WireRange? range) => range is null ? KeyRange.All : new KeyRange(ToKey(range.Start), ToKey(range.End));

    public static Entry ToWire(in StoreEntry entry) => new()
    {
        Key = ToWire(entry.Key.Memory),
        Value = ToWire(entry.Value),
        CreateRevision = entry.CreateRevision,
        ModRevision = entry.ModRevision,
        Version = entry.Version,
        LeaseId = entry.LeaseId,
    };

    public static StoreEntry FromWire(Entry entry) =>
        new(ToKey(entry.Key), entry.Value.Memory, entry.CreateRevision, entry.ModRevision, entry.Version, entry.LeaseId);

    public static CommitRequest ToWire(StoreTransaction transaction)
    {
        var request = new CommitRequest();
        foreach (var compare in transaction.Compares)
        {
            request.Compares.Add(new Compare
            {
                Key = ToWire(compare.Key.Memory),
                Target = (Compare.Types.Target)compare.Target,
                Relation = (Compare.Types.Relation)compare.Relation,
                Number = compare.Number,
                Bytes = ToWire(compare.Bytes),
            });
        }

        foreach (var operation in transaction.Operations)
        {
            request.Operations.Add(operation switch
            {
                StoreOperation.Put put => new Operation { Put = new Put { Key = ToWire(put.Key.Memory), Value = ToWire(put.Value), LeaseId = put.LeaseId } },
                StoreOperation.Delete delete => new Operation { Delete = ToWire(delete.Range) },
                _ => throw new InvalidOperationException($"Unknown store operation {operation.GetType().Name}."),
            });
        }

        return request;
    }

    public static StoreTransaction FromWire(CommitRequest request)
    {
        var compares = new StoreCompare[request.Compares.Count];
        for (var i = 0; i < compares.Length; i++)
        {
            var compare = request.Compares[i];
            if (!Enum.IsDefined(compare.Target) || !Enum.IsDefined(compare.Relation))
            {
                throw new StoreException(StoreError.Invalid, $"Compare {i} has an unknown target or relation. The caller is newer than this server; update the server.");
            }

            compares[i] = new StoreCompare(
                ToKey(compare.Key), (CompareTarget)compare.Target, (CompareRelation)compare.Relation, compare.Number, compare.Bytes.Memory);
        }

        var operations = new StoreOperation[request.Operations.Count];
        for (var i = 0; i < operations.Length; i++)
        {
            var operation = request.Operations[i];
            operations[i] = operation.KindCase switch
            {
                Operation.KindOneofCase.Put => new StoreOperation.Put(ToKey(operation.Put.Key), operation.Put.Value.Memory, operation.Put.LeaseId),
                Operation.KindOneofCase.Delete => new StoreOperation.Delete(FromWire(operation.Delete)),
                _ => throw new StoreException(StoreError.Invalid, $"Operation {i} is neither a put nor a delete. The caller is newer than this server; update the server."),
            };
        }

        return new StoreTransaction(compares, operations);
    }

    public static CommitResponse ToWire(CommitResult result)
    {
        var response = new CommitResponse { Succeeded = result.Succeeded, Revision = result.Revision, Deleted = result.Deleted };
        foreach (var entry in result.Current)
        {
            response.Current.Add(ToWire(entry));
        }

        return response;
    }

    public static CommitResult FromWire(CommitResponse response) =>
        new(response.Succeeded, response.Revision, response.Deleted, response.Current.Count == 0 ? [] : [.. response.Current.Select(FromWire)]);

    /// <param name="outcome">The outcome.</param>
    /// <param name="size">About how many bytes it takes.</param>
    public static WireOutcome ToWire(CommitOutcome outcome, out long size)
    {
        size = 32;
        if (outcome.Result is { } result)
        {
            foreach (var entry in result.Current)
            {
                size += entry.Key.Length + entry.Value.Length + 48;
            }

            if (size <= StoreService.AnswerBytes)
            {
                return new WireOutcome { Done = ToWire(result) };
            }

            // Only a commit whose compares failed has entries to show: nothing was done.
            outcome = new CommitOutcome(null, new StoreException(
                StoreError.Invalid, $"A compare failed, and the {result.Current.Count} entries compared take {size} bytes, more than one answer carries. Compare fewer keys."));
            size = 32;
        }

        var refused = StoreErrors.ToWire(outcome.Error!);
        size += refused.Message.Length;
        return new WireOutcome { Refused = new CommitRefused { Code = refused.Error.Code, Message = refused.Message } };
    }

    /// <summary>About how many bytes a transaction takes.</summary>
    public static long SizeOf(StoreTransaction transaction)
    {
        var size = 16L;
        foreach (var compare in transaction.Compares)
        {
            size += compare.Key.Length + compare.Bytes.Length + 24;
        }

        foreach (var operation in transaction.Operations)
        {
            size += operation switch
            {
                StoreOperation.Put put => put.Key.Length + put.Value.Length + 24,
                StoreOperation.Delete delete => delete.Range.Start.Length + delete.Range.End.Length + 16,
                _ => 0,
            };
        }

        return size;
    }

    public static WireBatch ToWire(WatchBatch batch)
    {
        var result = new WireBatch { Revision = batch.Revision };
        foreach (var change in batch.Events)
        {
            result.Events.Add(new WireEvent
            {
                Deleted = change.Kind == WatchEventKind.Delete,
                Entry = ToWire(change.Entry),
                Previous = change.Previous is { } previous ? ToWire(previous) : null,
            });
        }

        return result;
    }

    public static WatchBatch FromWire(WireBatch batch)
    {
        var events = new WatchEvent[batch.Events.Count];
        for (var i = 0; i < events.Length; i++)
        {
            var change = batch.Events[i];
            events[i] = new WatchEvent(
                change.Deleted ? WatchEventKind.Delete : WatchEventKind.Put,
                FromWire(change.Entry),
                change.Previous is { } previous ? FromWire(previous) : null);
        }

        return new WatchBatch(batch.Revision, events);
    }

    public static Lease ToWire(StoreLease lease)
    {
        var result = new Lease
        {
            Id = lease.Id,
            GrantedMilliseconds = (long)lease.TimeToLive.TotalMilliseconds,
            RemainingMilliseconds = (long)lease.Remaining.TotalMilliseconds,
        };
        result.Keys.AddRange(lease.Keys.Select(key => ToWire(key.Memory)));
        return result;
    }

    public static StoreLease FromWire(Lease lease) => new(
        lease.Id,
        TimeSpan.FromMilliseconds(lease.GrantedMilliseconds),
        TimeSpan.FromMilliseconds(lease.RemainingMilliseconds),
        [.. lease.Keys.Select(ToKey)]);
}
