using Banyan.Contracts;
using Banyan.Grpc;

namespace Banyan.Client.Registry;

/// <summary>Turns a failed call into the exception the contract promises. An error the registry itself threw arrives as it was; this is for the wire's own.</summary>
internal static class RemoteErrors
{
    public static readonly ErrorCode Unreachable = new("client/registry-unreachable", ErrorKind.Unavailable, "The registry cannot be reached.");
    public static readonly ErrorCode Refused = new("client/registry-refused", ErrorKind.Forbidden, "The registry refused the call.");
    public static readonly ErrorCode Failed = new("client/registry-failed", ErrorKind.Internal, "The registry failed.");

    public static BanyanException From(GrpcException error, Uri address) => error.StatusCode switch
    {
        StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Cancelled or StatusCode.Unknown =>
            new(Unreachable, $"The registry at {address} cannot be reached: {error.Status.Detail} Is it running, and is that its gRPC address?", error),
        StatusCode.Unauthenticated =>
            new(Refused with { Kind = ErrorKind.Unauthenticated }, $"The registry at {address} does not know the credential: {error.Status.Detail}", error),
        StatusCode.PermissionDenied => new(Refused, $"The registry at {address} does not allow it: {error.Status.Detail}", error),
        StatusCode.NotFound => new(Failed with { Kind = ErrorKind.NotFound }, error.Status.Detail, error),
        StatusCode.ResourceExhausted => new(Failed with { Kind = ErrorKind.TooLarge }, $"The registry at {address}: {error.Status.Detail}", error),
        _ => new(Failed, $"The registry at {address} answered {error.StatusCode}: {error.Status.Detail}", error),
    };
}
