using Banyan.Contracts;
using Banyan.Grpc.Rpc;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Banyan.Grpc.Protocol;

/// <summary>Banyan's errors to statuses and back. The details name code, kind, title and faults, so a client throws what the server threw.</summary>
internal static class ErrorDetails
{
    public const string Domain = "banyan";

    // Trailers share the header budget of the peer (8 KiB by default in other implementations), base64 adds a third.
    private const int MaxDetailsBytes = 4096;
    private const int MaxMessageChars = 1024;
    private const string KindKey = "kind";
    private const string TitleKey = "title";
    private const string OmittedKey = "faults-omitted";

    public static GrpcStatus FromException(BanyanException error)
    {
        var code = CodeOf(error.Error.Kind);
        var message = error.Message.Length <= MaxMessageChars ? error.Message : string.Concat(error.Message.AsSpan(0, MaxMessageChars), "…");
        var info = new ErrorInfo
        {
            Reason = error.Error.Code,
            Domain = Domain,
            Metadata = { [KindKey] = error.Error.Kind.ToString(), [TitleKey] = error.Error.Title },
        };
        foreach (var (key, value) in error.Metadata)
        {
            info.Metadata.TryAdd(key, value);
        }

        var violations = new BadRequest();
        var size = info.CalculateSize() + message.Length;
        foreach (var fault in error.Faults)
        {
            var violation = new BadRequest.Types.FieldViolation { Field = fault.Pointer, Description = fault.Message, Reason = fault.Code };
            size += violation.CalculateSize() + 4;
            if (size > MaxDetailsBytes)
            {
                info.Metadata[OmittedKey] = (error.Faults.Count - violations.FieldViolations.Count).ToString(System.Globalization.CultureInfo.InvariantCulture);
                break;
            }

            violations.FieldViolations.Add(violation);
        }

        var details = new Status { Code = (int)code, Message = message, Details = { Any.Pack(info) } };
        if (violations.FieldViolations.Count > 0)
        {
            details.Details.Add(Any.Pack(violations));
        }

        return new GrpcStatus(code, message, details);
    }

    /// <summary>The exception a client throws for a status that is not OK.</summary>
    public static Exception ToException(GrpcStatus status, GrpcMetadata trailers)
    {
        var info = Unpack<ErrorInfo>(status, ErrorInfo.Descriptor.FullName);
        if (info is null || info.Domain != Domain || info.Reason.Length == 0)
        {
            return new GrpcException(status) { Trailers = trailers };
        }

        var kind = info.Metadata.TryGetValue(KindKey, out var text) && System.Enum.TryParse<ErrorKind>(text, out var known) ? known : KindOf(status.Code);
        var title = info.Metadata.TryGetValue(TitleKey, out var given) ? given : string.Empty;
        var violations = Unpack<BadRequest>(status, BadRequest.Descriptor.FullName)?.FieldViolations ?? [];
        return new BanyanException(new ErrorCode(info.Reason, kind, title), status.Detail)
        {
            Faults = [.. violations.Select(v => new Fault(v.Field, v.Description, v.Reason))],
            Metadata = info.Metadata.Where(pair => pair.Key is not (KindKey or TitleKey or OmittedKey)).ToDictionary(),
        };
    }

    /// <summary>The details of a received status; broken ones count as none, since the code and the text still stand.</summary>
    public static Status? Parse(string base64)
    {
        if (!MetadataCoding.TryDecode(base64, out var bytes))
        {
            return null;
        }

        try
        {
            return Status.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    public static StatusCode CodeOf(ErrorKind kind) => kind switch
    {
        ErrorKind.Invalid or ErrorKind.Unprocessable => StatusCode.InvalidArgument,
        ErrorKind.Unauthenticated => StatusCode.Unauthenticated,
        ErrorKind.Forbidden => StatusCode.PermissionDenied,
        ErrorKind.NotFound => StatusCode.NotFound,
        ErrorKind.AlreadyExists => StatusCode.AlreadyExists,
        ErrorKind.Conflict => StatusCode.Aborted,
        ErrorKind.Stale => StatusCode.FailedPrecondition,
        ErrorKind.Gone => StatusCode.OutOfRange,
        ErrorKind.Throttled or ErrorKind.TooLarge => StatusCode.ResourceExhausted,
        ErrorKind.Unavailable => StatusCode.Unavailable,
        ErrorKind.Timeout => StatusCode.DeadlineExceeded,
        _ => StatusCode.Internal,
    };

    private static ErrorKind KindOf(StatusCode code) => code switch
    {
        StatusCode.InvalidArgument => ErrorKind.Invalid,
        StatusCode.Unauthenticated => ErrorKind.Unauthenticated,
        StatusCode.PermissionDenied => ErrorKind.Forbidden,
        StatusCode.NotFound => ErrorKind.NotFound,
        StatusCode.AlreadyExists => ErrorKind.AlreadyExists,
        StatusCode.Aborted => ErrorKind.Conflict,
        StatusCode.FailedPrecondition => ErrorKind.Stale,
        StatusCode.OutOfRange => ErrorKind.Gone,
        StatusCode.ResourceExhausted => ErrorKind.Throttled,
        StatusCode.Unavailable => ErrorKind.Unavailable,
        StatusCode.DeadlineExceeded => ErrorKind.Timeout,
        _ => ErrorKind.Internal,
    };

    private static T? Unpack<T>(GrpcStatus status, string fullName)
        where T : class, IMessage<T>, new()
    {
        var any = status.Details?.Details.FirstOrDefault(d => Any.GetTypeName(d.TypeUrl) == fullName);
        try
        {
            return any?.Unpack<T>();
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
