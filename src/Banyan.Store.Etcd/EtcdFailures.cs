using Banyan.Contracts;
using Banyan.Grpc;

namespace Banyan.Store.Etcd;

/// <summary>etcd's errors as the store's. etcd tells them apart by text as well as by code.</summary>
internal static class EtcdFailures
{
    public static bool IsAway(GrpcException failure) =>
        failure.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Unknown or StatusCode.Cancelled;

    /// <summary>True when nothing can have reached the member: the connection was never opened.</summary>
    public static bool NothingSent(GrpcException failure) =>
        failure.InnerException is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError };

    public static StoreException FromEtcd(GrpcException failure)
    {
        var text = failure.Status.Detail;
        return failure.StatusCode switch
        {
            StatusCode.OutOfRange when text.Contains("compacted", StringComparison.Ordinal) =>
                new StoreException(StoreError.Compacted, "The revision has been compacted. Read again and watch from there.", failure),
            StatusCode.OutOfRange =>
                new StoreException(StoreError.FutureRevision, "The revision lies in the future. Use a revision the store has given out.", failure),
            StatusCode.NotFound =>
                new StoreException(StoreError.LeaseNotFound, "No such lease: it expired or was never granted. Grant a new one.", failure),
            StatusCode.FailedPrecondition when text.Contains("lease", StringComparison.Ordinal) =>
                new StoreException(StoreError.LeaseExists, "A lease with that number exists already. Choose another number, or 0.", failure),
            StatusCode.ResourceExhausted when text.Contains("space", StringComparison.Ordinal) =>
                new StoreException(StoreError.NoSpace, "etcd's database is full (its alarm NOSPACE is raised). Compact and defragment it, then disarm the alarm.", failure),
            StatusCode.InvalidArgument or StatusCode.ResourceExhausted or StatusCode.FailedPrecondition =>
                new StoreException(StoreError.Invalid, $"etcd refused the request: {text}.", failure),
            _ => new StoreException(StoreError.Unavailable, $"etcd failed: {text}. See 'etcdctl endpoint status' and the members' logs.", failure),
        };
    }

    public static StoreException Away(Uri member, Exception failure, bool maybeDone) => new(
        StoreError.Unavailable,
        maybeDone
            ? $"etcd at {member} did not answer ({Reason(failure)}). The write may have been done: read before you write again."
            : $"No member of the etcd cluster answers; last tried {member} ({Reason(failure)}). Check that etcd runs and that store.etcd.endpoints names it.",
        failure)
    {
        MaybeDone = maybeDone,
    };

    private static string Reason(Exception failure) => failure is GrpcException grpc ? grpc.Status.Detail : failure.Message;
}
