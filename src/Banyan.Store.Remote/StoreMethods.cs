using Banyan.Contracts.Store.V1;
using Banyan.Grpc;
using Google.Protobuf.Reflection;

namespace Banyan.Store.Remote;

/// <summary>The methods of <c>banyan.store.v1.Store</c>, once for both ends.</summary>
internal static class StoreMethods
{
    public static readonly ServiceDescriptor Service = StoreReflection.Descriptor.Services[0];

    public static readonly GrpcMethod<RangeRequest, RangeResponse> Range = GrpcMethod.Unary<RangeRequest, RangeResponse>(Service, "Range");

    public static readonly GrpcMethod<CommitRequest, CommitResponse> Commit = GrpcMethod.Unary<CommitRequest, CommitResponse>(Service, "Commit");

    public static readonly GrpcMethod<CommitsRequest, CommitsResponse> Commits = GrpcMethod.Duplex<CommitsRequest, CommitsResponse>(Service, "Commits");

    public static readonly GrpcMethod<WatchRequest, WatchResponse> Watch = GrpcMethod.Duplex<WatchRequest, WatchResponse>(Service, "Watch");

    public static readonly GrpcMethod<GrantLeaseRequest, Lease> GrantLease = GrpcMethod.Unary<GrantLeaseRequest, Lease>(Service, "GrantLease");

    public static readonly GrpcMethod<LeaseRequest, Lease> RenewLease = GrpcMethod.Unary<LeaseRequest, Lease>(Service, "RenewLease");

    public static readonly GrpcMethod<LeaseRequest, RevokeLeaseResponse> RevokeLease = GrpcMethod.Unary<LeaseRequest, RevokeLeaseResponse>(Service, "RevokeLease");

    public static readonly GrpcMethod<LeaseRequest, Lease> GetLease = GrpcMethod.Unary<LeaseRequest, Lease>(Service, "GetLease");

    public static readonly GrpcMethod<CompactRequest, CompactResponse> Compact = GrpcMethod.Unary<CompactRequest, CompactResponse>(Service, "Compact");

    public static readonly GrpcMethod<StatusRequest, StatusResponse> Status = GrpcMethod.Unary<StatusRequest, StatusResponse>(Service, "Status");
}
