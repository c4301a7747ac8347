using System.Globalization;
using Banyan.Contracts;
using Banyan.Grpc;

namespace Banyan.Store.Remote;

/// <summary>Store exceptions as wire errors and back.</summary>
internal static class StoreFailures
{
    private const string CompactedRevision = "compactedRevision";

    public static BanyanException ToWire(StoreException failure) =>
        new(failure.MaybeDone ? StoreErrors.MaybeDone : StoreErrors.Of(failure.Error.ToString()), failure.Message, failure)
        {
            Metadata = failure.CompactedRevision == 0
                ? new Dictionary<string, string>()
                : new Dictionary<string, string> { [CompactedRevision] = failure.CompactedRevision.ToString(CultureInfo.InvariantCulture) },
        };

    public static StoreException Ended(string code, string message, long compactedRevision) =>
        new(ErrorOf(StoreErrors.NameOf(new ErrorCode(code, ErrorKind.Internal, string.Empty))), message) { CompactedRevision = compactedRevision };

    public static StoreException Refused(string code, string message)
    {
        var name = StoreErrors.NameOf(new ErrorCode(code, ErrorKind.Internal, string.Empty));
        return new StoreException(ErrorOf(name), message) { MaybeDone = name == nameof(StoreErrors.MaybeDone) };
    }

    /// <summary>What a failed call means to the store's caller.</summary>
    /// <param name="failure">What the wire threw.</param>
    /// <param name="address">Who was called, for the message.</param>
    /// <param name="write">A write whose fate is unknown when the connection is lost.</param>
    public static StoreException FromWire(Exception failure, Uri address, bool write)
    {
        if (failure is BanyanException known && StoreErrors.NameOf(known.Error) is { } name)
        {
            _ = long.TryParse(known.Metadata.GetValueOrDefault(CompactedRevision), CultureInfo.InvariantCulture, out var compacted);
            return new StoreException(ErrorOf(name), known.Message, failure) { CompactedRevision = compacted, MaybeDone = name == nameof(StoreErrors.MaybeDone) };
        }

        if (failure is GrpcException { Status.Code: StatusCode.InvalidArgument or StatusCode.ResourceExhausted })
        {
            return new StoreException(StoreError.Invalid, failure.Message, failure);
        }

        if (failure is GrpcException { Status.Code: StatusCode.Unauthenticated or StatusCode.PermissionDenied })
        {
            return new StoreException(
                StoreError.Unavailable,
                $"The store at {address} refuses this process ({failure.Message}). It lets administrators in: name a file with such a token in host.tokenFile or --token-file.",
                failure);
        }

        var reason = failure.Message;
        return new StoreException(
            StoreError.Unavailable,
            write
                ? $"The store at {address} did not answer ({reason}). The write may have been done: read before you write again."
                : $"The store at {address} cannot be reached ({reason}). Check that a process with the module 'store' runs there.",
            failure)
        {
            MaybeDone = write,
        };
    }

    private static StoreError ErrorOf(string? name) => name switch
    {
        null or nameof(StoreErrors.MaybeDone) => StoreError.Unavailable,
        _ => Enum.Parse<StoreError>(name),
    };
}
