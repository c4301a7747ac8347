using Banyan.Contracts;
using Banyan.Grpc.Framing;
using Banyan.Grpc.Protocol;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Banyan.Grpc.Server;

/// <summary>What every call goes through whatever its method: admission by its headers, and the status at its end.</summary>
internal static class ServerCall
{
    private const string UnknownText = "The server failed to handle the call; its log has the cause.";

    /// <summary>Admits a call.</summary>
    /// <returns>Its context; null when it was refused, and answered.</returns>
    public static GrpcServerContext? Begin(HttpContext http, GrpcServices services, GrpcMethod method, out bool gzip)
    {
        gzip = false;
        if (!IsGrpc(http))
        {
            return null;
        }

        if (Admit(http, out var timeout, out gzip) is { } refused)
        {
            GrpcServerLog.Refused(services.Logger, method.FullName, http.Connection.Id, refused.Detail);
            Finish(http, refused, context: null);
            return null;
        }

        LiftBodyLimits(http, method.Kind is GrpcMethodKind.ClientStreaming or GrpcMethodKind.DuplexStreaming);
        return new GrpcServerContext(http, method, timeout, services.Options.Clock, services.Stopping);
    }

    /// <summary>False when the request is no gRPC call at all; the HTTP answer is then complete.</summary>
    public static bool IsGrpc(HttpContext http)
    {
        if (!HttpProtocol.IsHttp2(http.Request.Protocol) && !HttpProtocol.IsHttp3(http.Request.Protocol))
        {
            http.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            http.Response.Headers.Upgrade = "h2c";
            return false;
        }

        if (!GrpcHeaders.IsGrpcContentType(http.Request.ContentType))
        {
            http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return false;
        }

        http.Response.ContentType = GrpcHeaders.ContentType;
        return true;
    }

    /// <summary>Ends a call with a status: as trailers after what was sent, or, when nothing was and it is an error, as the only headers.</summary>
    public static void Finish(HttpContext http, GrpcStatus status, GrpcServerContext? context)
    {
        var response = http.Response;
        IHeaderDictionary target;
        if (status.Code == StatusCode.OK || response.HasStarted)
        {
            if (!response.HasStarted)
            {
                context?.WriteHeaders();
            }

            target = http.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers;
        }
        else
        {
            context?.WriteHeaders();
            target = response.Headers;
        }

        context?.WriteTrailers(target);
        target[GrpcHeaders.Status] = GrpcHeaders.StatusText(status.Code);
        if (status.Detail.Length > 0)
        {
            target[GrpcHeaders.Message] = PercentCoding.Encode(status.Detail);
        }

        if (status.Details is { } details)
        {
            target[GrpcHeaders.StatusDetails] = Convert.ToBase64String(details.ToByteArray()).TrimEnd('=');
        }
    }

    /// <summary>The status for what a handler threw. Only what was meant for callers reaches them.</summary>
    public static GrpcStatus ToStatus(Exception error, GrpcServerContext context, ILogger logger)
    {
        switch (error)
        {
            case OperationCanceledException or IOException when context.DeadlinePassed:
                return new GrpcStatus(StatusCode.DeadlineExceeded, "The call's deadline passed.");
            case OperationCanceledException:
                return new GrpcStatus(StatusCode.Cancelled, "The call was cancelled.");
            case IOException or BadHttpRequestException when context.HttpContext.RequestAborted.IsCancellationRequested:
                return new GrpcStatus(StatusCode.Cancelled, "The caller is gone.");
            case BanyanException banyan:
                return ErrorDetails.FromException(banyan);
            case GrpcException { StatusCode: not StatusCode.OK } grpc:
                return grpc.Status;
            default:
                GrpcServerLog.HandlerFailed(logger, error, context.Method.FullName);
                return new GrpcStatus(StatusCode.Unknown, UnknownText);
        }
    }

    /// <summary>Reads the headers that decide how the call runs.</summary>
    /// <returns>Null when it may run, the status to refuse it with otherwise.</returns>
    private static GrpcStatus? Admit(HttpContext http, out TimeSpan? timeout, out bool gzip)
    {
        timeout = null;
        gzip = false;
        var headers = http.Request.Headers;
        if (headers.TryGetValue(GrpcHeaders.Timeout, out var text))
        {
            if (!GrpcTimeout.TryParse(text.ToString(), out var left))
            {
                return new GrpcStatus(StatusCode.Internal, "The header grpc-timeout is malformed: it must be one to eight digits and one of H, M, S, m, u, n.");
            }

            if (left == TimeSpan.Zero)
            {
                return new GrpcStatus(StatusCode.DeadlineExceeded, "The call's deadline passed before it arrived.");
            }

            timeout = left;
        }

        if (headers.TryGetValue(GrpcHeaders.Encoding, out var encoding))
        {
            gzip = string.Equals(encoding, GrpcHeaders.Gzip, StringComparison.OrdinalIgnoreCase);
            if (!gzip && !string.Equals(encoding, GrpcHeaders.Identity, StringComparison.OrdinalIgnoreCase))
            {
                http.Response.Headers[GrpcHeaders.AcceptEncoding] = GrpcHeaders.AcceptedEncodings;
                return new GrpcStatus(StatusCode.Unimplemented, "The grpc-encoding of the request is not supported. Use gzip or identity.");
            }
        }

        return null;
    }

    /// <summary>Lifts the limits that are meant for uploads: messages have their own, and a stream may be silent for as long as it likes.</summary>
    private static void LiftBodyLimits(HttpContext http, bool requestStream)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        if (requestStream && http.Features.Get<Microsoft.AspNetCore.Server.Kestrel.Core.Features.IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }
    }

    /// <summary>The encoder for this call's responses.</summary>
    public static MessageEncoder EncoderFor(HttpContext http, GrpcServerOptions options, MessageEncoder plain)
    {
        if (options.CompressionThreshold is not { } threshold
            || http.Response.HasStarted
            || !http.Request.Headers.TryGetValue(GrpcHeaders.AcceptEncoding, out var accepted)
            || !GrpcHeaders.AcceptsGzip(accepted))
        {
            return plain;
        }

        http.Response.Headers[GrpcHeaders.Encoding] = GrpcHeaders.Gzip;
        return new MessageEncoder(options.MaxSendMessageSize, threshold);
    }
}
