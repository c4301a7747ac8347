using Microsoft.Extensions.Logging;

namespace Banyan.Grpc.Server;

/// <summary>Log events of the gRPC server.</summary>
internal static partial class GrpcServerLog
{
    [LoggerMessage(1101, LogLevel.Error, "The handler of gRPC method {Method} failed; the caller got UNKNOWN.")]
    public static partial void HandlerFailed(ILogger logger, Exception error, string method);

    [LoggerMessage(1102, LogLevel.Debug, "gRPC call {Method} from {Peer} was refused: {Reason}")]
    public static partial void Refused(ILogger logger, string method, string peer, string reason);

}
