using System.Collections.Frozen;

namespace Banyan.Contracts;

/// <summary>Error codes of the store, the same whichever engine answers and however it is reached.</summary>
public static class StoreErrors
{
    /// <summary>The revision has been compacted.</summary>
    public static readonly ErrorCode Compacted = new("store/compacted", ErrorKind.Gone, "The revision has been compacted");

    /// <summary>The revision lies in the future.</summary>
    public static readonly ErrorCode FutureRevision = new("store/future-revision", ErrorKind.Gone, "The revision lies in the future");

    /// <summary>No such lease.</summary>
    public static readonly ErrorCode LeaseNotFound = new("store/lease-not-found", ErrorKind.NotFound, "No such lease");

    /// <summary>A lease with that number exists.</summary>
    public static readonly ErrorCode LeaseExists = new("store/lease-exists", ErrorKind.AlreadyExists, "The lease exists already");

    /// <summary>The request is malformed.</summary>
    public static readonly ErrorCode Invalid = new("store/invalid", ErrorKind.Invalid, "The store request is malformed");

    /// <summary>The store or its disk is full.</summary>
    public static readonly ErrorCode NoSpace = new("store/no-space", ErrorKind.Unavailable, "The store is full");

    /// <summary>The store cannot be reached.</summary>
    public static readonly ErrorCode Unavailable = new("store/unavailable", ErrorKind.Unavailable, "The store cannot be reached");

    /// <summary>The store cannot be reached, and whether the write was done is unknown.</summary>
    public static readonly ErrorCode MaybeDone = new("store/maybe-done", ErrorKind.Unavailable, "The store did not answer; the write may have been done");

    /// <summary>The data directory is in use.</summary>
    public static readonly ErrorCode Locked = new("store/locked", ErrorKind.Unavailable, "The data directory is in use");

    /// <summary>The files are damaged.</summary>
    public static readonly ErrorCode Corrupt = new("store/corrupt", ErrorKind.Internal, "The store's files are damaged");

    /// <summary>The files are of a newer version.</summary>
    public static readonly ErrorCode NewerFormat = new("store/newer-format", ErrorKind.Internal, "The store's files are of a newer version");

    /// <summary>The data directory cannot be read or written.</summary>
    public static readonly ErrorCode Inaccessible = new("store/inaccessible", ErrorKind.Internal, "The data directory cannot be read or written");

    private static readonly FrozenDictionary<string, ErrorCode> ByName = new Dictionary<string, ErrorCode>
    {
        [nameof(Compacted)] = Compacted,
        [nameof(FutureRevision)] = FutureRevision,
        [nameof(LeaseNotFound)] = LeaseNotFound,
        [nameof(LeaseExists)] = LeaseExists,
        [nameof(Invalid)] = Invalid,
        [nameof(NoSpace)] = NoSpace,
        [nameof(Unavailable)] = Unavailable,
        [nameof(MaybeDone)] = MaybeDone,
        [nameof(Locked)] = Locked,
        [nameof(Corrupt)] = Corrupt,
        [nameof(NewerFormat)] = NewerFormat,
        [nameof(Inaccessible)] = Inaccessible,
    }.ToFrozenDictionary();

    /// <summary>The code of a store error by the error's name (<c>StoreError.Compacted</c> → <c>store/compacted</c>).</summary>
    public static ErrorCode Of(string name) => ByName[name];

    /// <summary>The name behind a code, or null when it is not one of the store's.</summary>
    public static string? NameOf(ErrorCode error) => ByName.FirstOrDefault(pair => pair.Value.Code == error.Code).Key;
}
