using Banyan.Store.Etcd.Protocol;
using Google.Protobuf;

namespace Banyan.Store.Etcd;

/// <summary>The store's types as etcd's messages and back. Bytes are shared, not copied.</summary>
internal static class EtcdMessages
{
    // etcd's way to say "from the first key" and "to the last key" is a single zero byte.
    private static readonly ByteString Zero = ByteString.CopyFrom(0);

    public static ByteString ToEtcd(ReadOnlyMemory<byte> bytes) => UnsafeByteOperations.UnsafeWrap(bytes);

    public static ByteString StartOf(KeyRange range) => range.Start.Length == 0 ? Zero : ToEtcd(range.Start.Memory);

    public static ByteString EndOf(KeyRange range) =>
        range.End.Length == 0 ? Zero : range.IsSingle ? ByteString.Empty : ToEtcd(range.End.Memory);

    public static StoreEntry FromEtcd(KeyValue entry) =>
        new(new StoreKey(entry.Key.ToByteArray()), entry.Value.Memory, entry.CreateRevision, entry.ModRevision, entry.Version, entry.Lease);

    public static TxnRequest ToEtcd(StoreTransaction transaction)
    {
        var request = new TxnRequest();
        foreach (var compare in transaction.Compares)
        {
            request.Compare.Add(ToEtcd(compare));

            // When a compare fails, the caller is told what is there now.
            request.Failure.Add(new RequestOp { RequestRange = new RangeRequest { Key = ToEtcd(compare.Key.Memory) } });
        }

        foreach (var operation in transaction.Operations)
        {
            request.Success.Add(operation switch
            {
                StoreOperation.Put put => new RequestOp
                {
                    RequestPut = new PutRequest { Key = ToEtcd(put.Key.Memory), Value = ToEtcd(put.Value), Lease = put.LeaseId },
                },
                StoreOperation.Delete delete => new RequestOp
                {
                    RequestDeleteRange = new DeleteRangeRequest { Key = StartOf(delete.Range), RangeEnd = EndOf(delete.Range) },
                },
                _ => throw new InvalidOperationException($"Unknown store operation {operation.GetType().Name}."),
            });
        }

        return request;
    }

    public static CommitResult FromEtcd(TxnResponse response)
    {
        if (!response.Succeeded)
        {
            var current = response.Responses.SelectMany(part => part.ResponseRange.Kvs).Select(FromEtcd);
            return new CommitResult(false, response.Header.Revision, 0, [.. current]);
        }

        var deleted = response.Responses.Sum(part => part.ResponseDeleteRange?.Deleted ?? 0);
        return new CommitResult(true, response.Header.Revision, deleted, []);
    }

    public static WatchEvent FromEtcd(Event change)
    {
        StoreEntry? previous = change.PrevKv is { } before ? FromEtcd(before) : null;
        return change.Type == Event.Types.EventType.Delete
            ? new WatchEvent(WatchEventKind.Delete, new StoreEntry(new StoreKey(change.Kv.Key.ToByteArray()), default, 0, change.Kv.ModRevision, 0, 0), previous)
            : new WatchEvent(WatchEventKind.Put, FromEtcd(change.Kv), previous);
    }

    private static Compare ToEtcd(StoreCompare compare)
    {
        var result = new Compare
        {
            Key = ToEtcd(compare.Key.Memory),
            Result = compare.Relation switch
            {
                CompareRelation.Equal => Compare.Types.CompareResult.Equal,
                CompareRelation.NotEqual => Compare.Types.CompareResult.NotEqual,
                CompareRelation.Less => Compare.Types.CompareResult.Less,
                _ => Compare.Types.CompareResult.Greater,
            },
        };
        switch (compare.Target)
        {
            case CompareTarget.ModRevision:
                result.Target = Compare.Types.CompareTarget.Mod;
                result.ModRevision = compare.Number;
                break;
            case CompareTarget.CreateRevision:
                result.Target = Compare.Types.CompareTarget.Create;
                result.CreateRevision = compare.Number;
                break;
            case CompareTarget.Version:
                result.Target = Compare.Types.CompareTarget.Version;
                result.Version = compare.Number;
                break;
            case CompareTarget.Lease:
                result.Target = Compare.Types.CompareTarget.Lease;
                result.Lease = compare.Number;
                break;
            default:
                result.Target = Compare.Types.CompareTarget.Value;
                result.Value = ToEtcd(compare.Bytes);
                break;
        }

        return result;
    }
}
