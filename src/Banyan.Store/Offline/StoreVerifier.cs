using Banyan.Store.Embedded;

namespace Banyan.Store.Offline;

/// <summary>One thing that is wrong with a store's files.</summary>
/// <param name="File">The file.</param>
/// <param name="Error">Corrupt, NewerFormat or Inaccessible.</param>
/// <param name="Message">What, at which offset, and what to do.</param>
public sealed record StoreFault(string File, StoreError Error, string Message);

/// <summary>What a check of a store's directory found.</summary>
/// <param name="Directory">The directory.</param>
/// <param name="Segments">Segments that are read when the store is opened.</param>
/// <param name="Records">Records in them.</param>
/// <param name="Revision">The newest revision; 0 when it could not be read.</param>
/// <param name="CompactedRevision">The compacted revision.</param>
/// <param name="Keys">Live keys.</param>
/// <param name="Leases">Leases.</param>
/// <param name="TornBytes">Bytes after the last whole record: a write that was never acknowledged. Opening the store cuts them; not a fault.</param>
/// <param name="Faults">What is wrong; empty when the store can be opened.</param>
public sealed record StoreReport(
    string Directory, int Segments, long Records, long Revision, long CompactedRevision, long Keys, int Leases, long TornBytes, IReadOnlyList<StoreFault> Faults)
{
    /// <summary>True when the store can be opened and nothing acknowledged is missing.</summary>
    public bool IsSound => Faults.Count == 0;
}

/// <summary>Checks a store's files, every record, without changing them. Not while a store is open there: it takes the same lock.</summary>
public static class StoreVerifier
{
    /// <summary>Checks a directory.</summary>
    /// <exception cref="StoreException">Locked; Inaccessible when there is no store.</exception>
    public static StoreReport Verify(string directory) => Verify(directory, new DiskFiles(flush: false));

    internal static StoreReport Verify(string directory, IStoreFiles files)
    {
        try
        {
            using var held = files.Lock(directory);
            var recovered = new StoreRecovery(files, directory).Read() ?? throw NoStore(directory);
            var state = recovered.State;
            return new StoreReport(
                directory, recovered.Sealed.Count + 1, recovered.Records, state.Revision, state.Compacted, state.Keys, state.Leases.Count, recovered.TornBytes, []);
        }
        catch (StoreException e) when (e.Error is StoreError.Corrupt or StoreError.NewerFormat)
        {
            var file = e.Message.Split('\'') is [_, var path, ..] ? path : directory;
            return new StoreReport(directory, 0, 0, 0, 0, 0, 0, 0, [new StoreFault(file, e.Error, e.Message)]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(StoreError.Inaccessible, $"The directory '{directory}' cannot be read: {e.Message} Check its name, owner and mode.", e);
        }
    }

    internal static StoreException NoStore(string directory) =>
        new(StoreError.Inaccessible, $"The directory '{directory}' holds no store. Name the directory that has 'segment-….log' files.");
}
