namespace Banyan.Store.Mvcc;

/// <summary>The refusals that several parts of the engine give, worded once.</summary>
internal static class StoreFaults
{
    public static StoreException LeaseNotFound(long id) =>
        new(StoreError.LeaseNotFound, $"Lease {id} does not exist: it expired, was revoked or never was. Grant a new one.");

    public static StoreException Future(long asked, long newest) =>
        new(StoreError.FutureRevision, $"Revision {asked} lies in the future; the newest is {newest}. Ask for that or for an older one.");

    public static StoreException Compacted(long asked, long compacted) =>
        new(StoreError.Compacted, $"Revision {asked} has been compacted; history starts at {compacted}. Read the present state and go on from its revision.")
        {
            CompactedRevision = compacted,
        };

    public static StoreException Closed(bool maybeDone = false) =>
        new(StoreError.Unavailable, "The store is closed. Open it again.") { MaybeDone = maybeDone };
}
