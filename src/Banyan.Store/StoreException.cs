namespace Banyan.Store;

/// <summary>Why a store refused.</summary>
public enum StoreError
{
    /// <summary>The revision has been compacted; read or list again and watch from there.</summary>
    Compacted,

    /// <summary>The revision lies in the future.</summary>
    FutureRevision,

    /// <summary>No such lease (expired or never granted).</summary>
    LeaseNotFound,

    /// <summary>A lease with that number exists already.</summary>
    LeaseExists,

    /// <summary>The request is malformed: key too long, value too large, duplicate key in a transaction.</summary>
    Invalid,

    /// <summary>The store is full or its disk is; reads go on.</summary>
    NoSpace,

    /// <summary>The store cannot be reached or has no leader; whether a write was done is unknown when <see cref="StoreException.MaybeDone"/>.</summary>
    Unavailable,

    /// <summary>The data directory is in use by another process.</summary>
    Locked,

    /// <summary>The files are damaged; run <c>banyan store verify</c>.</summary>
    Corrupt,

    /// <summary>The files were written by a newer version.</summary>
    NewerFormat,

    /// <summary>The data directory cannot be read or written.</summary>
    Inaccessible,
}

/// <summary>A store refused or failed. The message says what, which directory or key, and what to do next.</summary>
/// <param name="error">Why.</param>
/// <param name="message">For people.</param>
/// <param name="inner">The cause.</param>
public sealed class StoreException(StoreError error, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Why.</summary>
    public StoreError Error { get; } = error;

    /// <summary>For <see cref="StoreError.Compacted"/>: the oldest revision a watch may start after.</summary>
    public long CompactedRevision { get; init; }

    /// <summary>True when a write may have been done although no answer came.</summary>
    public bool MaybeDone { get; init; }
}
