using System.Net;

namespace Banyan.Grpc.Client;

/// <summary>What HTTP says, as gRPC statuses ("HTTP to gRPC status code mapping" and "Errors" of the gRPC over HTTP/2 protocol).</summary>
internal static class TransportErrors
{
    public static StatusCode FromHttpStatus(HttpStatusCode status) => status switch
    {
        HttpStatusCode.BadRequest => StatusCode.Internal,
        HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
        HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
        HttpStatusCode.NotFound => StatusCode.Unimplemented,
        HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => StatusCode.Unavailable,
        _ => StatusCode.Unknown,
    };

    public static GrpcException From(Exception error, Uri address)
    {
        for (var e = error; e is not null; e = e.InnerException)
        {
            if (e is HttpProtocolException protocol)
            {
                return new GrpcException(FromHttp2(protocol.ErrorCode), $"{address} broke off the call (HTTP/2 error {protocol.ErrorCode}): {protocol.Message}", error);
            }
        }

        var kind = (error as HttpRequestException)?.HttpRequestError ?? (error as HttpIOException)?.HttpRequestError;
        return kind switch
        {
            HttpRequestError.InvalidResponse => new GrpcException(StatusCode.Internal, $"The answer of {address} is not HTTP/2: {error.Message}", error),
            HttpRequestError.ConfigurationLimitExceeded => new GrpcException(StatusCode.ResourceExhausted, $"The answer of {address} exceeds a limit: {error.Message}", error),
            _ when error is OperationCanceledException => new GrpcException(StatusCode.Unavailable, $"No connection to {address} in time. Check the address and the network.", error),
            _ => new GrpcException(StatusCode.Unavailable, $"The connection to {address} failed: {error.Message}", error),
        };
    }

    private static StatusCode FromHttp2(long code) => code switch
    {
        0x0 or 0x7 => StatusCode.Unavailable, // NO_ERROR (the server goes away), REFUSED_STREAM
        0x8 => StatusCode.Cancelled, // CANCEL
        0xb => StatusCode.ResourceExhausted, // ENHANCE_YOUR_CALM
        0xc => StatusCode.PermissionDenied, // INADEQUATE_SECURITY
        _ => StatusCode.Internal,
    };
}
