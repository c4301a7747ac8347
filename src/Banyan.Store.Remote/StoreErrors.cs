using System.Collections.Frozen;
using System.Globalization;
using Banyan.Contracts;
using Banyan.Grpc;

namespace Banyan.Store.Remote;

/// <summary>The store's refusals as stable codes on the wire, the same whichever engine answers, and back.</summary>
internal static class StoreErrors
{
    private const string CompactedRevision = "compactedRevision";

    // A refused write whose fate nobody knows has a code of its own: whoever repeats it must read first.
    private static readonly ErrorCode MaybeDone = new("store/maybe-done", ErrorKind.Unavailable, "The store did not answer; the write may have been done");

    private static readonly FrozenDictionary<StoreError, ErrorCode> Codes = new Dictionary<StoreError, ErrorCode>
    {
        [StoreError.Compacted] = new("store/compacted", ErrorKind.Gone, "The revision has been compacted"),
        [StoreError.FutureRevision] = new("store/future-revision", ErrorKind.Gone, "The revision lies in the future"),
        [StoreError.LeaseNotFound] = new("store/lease-not-found", ErrorKind.NotFound, "No such lease"),
        [StoreError.LeaseExists] = new("store/lease-exists", ErrorKind.AlreadyExists, "The lease exists already"),
        [StoreError.Invalid] = new("store/invalid", ErrorKind.Invalid, "The store request is malformed"),
        [StoreError.NoSpace] = new("store/no-space", ErrorKind.Unavailable, "The store is full"),
        [StoreError.Unavailable] = new("store/unavailable", ErrorKind.Unavailable, "The store cannot be reached"),
        [StoreError.Locked] = new("store/locked", ErrorKind.Unavailable, "The data directory is in use"),
        [StoreError.Corrupt] = new("store/corrupt", ErrorKind.Internal, "The store's files are damaged"),
        [StoreError.NewerFormat] = new("store/newer-format", ErrorKind.Internal, "The store's files are of a newer version"),
        [StoreError.Inaccessible] = new("store/inaccessible", ErrorKind.Internal, "The data directory cannot be read or written"),
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, StoreError> Meanings = Codes
        .Select(pair => KeyValuePair.Create(pair.Value.Code, pair.Key))
        .Append(KeyValuePair.Create(MaybeDone.Code, StoreError.Unavailable))
        .ToFrozenDictionary();

    public static BanyanException ToWire(StoreException failure) =>
        new(failure.MaybeDone ? MaybeDone : Codes[failure.Error], failure.Message, failure)
        {
            Metadata = failure.CompactedRevision == 0
                ? new Dictionary<string, string>()
                : new Dictionary<string, string> { [CompactedRevision] = failure.CompactedRevision.ToString(CultureInfo.InvariantCulture) },
        };

    /// <summary>The refusal behind a code. One that this version does not know is told as one that cannot be reached.</summary>
    public static StoreException Read(string code, string message, long compactedRevision = 0, Exception? inner = null) =>
        new(Meanings.GetValueOrDefault(code, StoreError.Unavailable), message, inner) { CompactedRevision = compactedRevision, MaybeDone = code == MaybeDone.Code };

    /// <summary>What a failed call means to the store's caller.</summary>
    /// <param name="failure">What the wire threw.</param>
    /// <param name="address">Who was called, for the message.</param>
    /// <param name="write">A write whose fate is unknown when the connection is lost.</param>
    public static StoreException FromWire(Exception failure, Uri address, bool write)
    {
        if (failure is BanyanException known && Meanings.ContainsKey(known.Error.Code))
        {
            _ = long.TryParse(known.Metadata.GetValueOrDefault(CompactedRevision), CultureInfo.InvariantCulture, out var compacted);
            return Read(known.Error.Code, known.Message, compacted, failure);
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
}
