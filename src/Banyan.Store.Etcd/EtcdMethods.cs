using Banyan.Grpc;
using Banyan.Store.Etcd.Protocol;
using Google.Protobuf.Reflection;

namespace Banyan.Store.Etcd;

/// <summary>The methods of etcd's v3 API that the engine calls.</summary>
internal static class EtcdMethods
{
    private static readonly ServiceDescriptor Kv = EtcdReflection.Descriptor.Services[0];
    private static readonly ServiceDescriptor WatchService = EtcdReflection.Descriptor.Services[1];
    private static readonly ServiceDescriptor LeaseService = EtcdReflection.Descriptor.Services[2];
    private static readonly ServiceDescriptor Maintenance = EtcdReflection.Descriptor.Services[3];

    public static readonly GrpcMethod<RangeRequest, RangeResponse> Range = GrpcMethod.Unary<RangeRequest, RangeResponse>(Kv, "Range");

    public static readonly GrpcMethod<TxnRequest, TxnResponse> Txn = GrpcMethod.Unary<TxnRequest, TxnResponse>(Kv, "Txn");

    public static readonly GrpcMethod<CompactionRequest, CompactionResponse> Compact = GrpcMethod.Unary<CompactionRequest, CompactionResponse>(Kv, "Compact");

    public static readonly GrpcMethod<WatchRequest, WatchResponse> Watch = GrpcMethod.Duplex<WatchRequest, WatchResponse>(WatchService, "Watch");

    public static readonly GrpcMethod<LeaseGrantRequest, LeaseGrantResponse> LeaseGrant =
        GrpcMethod.Unary<LeaseGrantRequest, LeaseGrantResponse>(LeaseService, "LeaseGrant");

    public static readonly GrpcMethod<LeaseRevokeRequest, LeaseRevokeResponse> LeaseRevoke =
        GrpcMethod.Unary<LeaseRevokeRequest, LeaseRevokeResponse>(LeaseService, "LeaseRevoke");

    public static readonly GrpcMethod<LeaseKeepAliveRequest, LeaseKeepAliveResponse> LeaseKeepAlive =
        GrpcMethod.Duplex<LeaseKeepAliveRequest, LeaseKeepAliveResponse>(LeaseService, "LeaseKeepAlive");

    public static readonly GrpcMethod<LeaseTimeToLiveRequest, LeaseTimeToLiveResponse> LeaseTimeToLive =
        GrpcMethod.Unary<LeaseTimeToLiveRequest, LeaseTimeToLiveResponse>(LeaseService, "LeaseTimeToLive");

    public static readonly GrpcMethod<StatusRequest, StatusResponse> Status = GrpcMethod.Unary<StatusRequest, StatusResponse>(Maintenance, "Status");
}
