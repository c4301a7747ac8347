using System.Globalization;
using Banyan.Cli.Platform;
using Banyan.Contracts;
using Banyan.Grpc;
using Banyan.Store;
using Banyan.Store.Embedded;
using Banyan.Store.Etcd;
using Banyan.Store.Offline;
using Banyan.Store.Remote;
using StoreOperation = Banyan.Cli.Platform.StoreOperation;

namespace Banyan.Platform;

/// <summary><c>banyan store …</c>: the engines' offline operations behind the command line's words for places.</summary>
internal static class StoreOperations
{
    public static async Task<StoreOutcome> RunAsync(StoreRequest request, IProgress<string> progress, CancellationToken cancellation)
    {
        try
        {
            return request.Operation switch
            {
                StoreOperation.Verify => Verify(request.From),
                StoreOperation.Snapshot => await SnapshotAsync(request, cancellation),
                StoreOperation.Restore => await RestoreAsync(request, cancellation),
                _ => await CopyAsync(request, progress, cancellation),
            };
        }
        catch (StoreException failure)
        {
            return new StoreOutcome(ExitCodeOf(failure.Error), failure.Message, new Dictionary<string, string>());
        }
    }

    public static int ExitCodeOf(StoreError error) => error switch
    {
        StoreError.Locked or StoreError.NewerFormat or StoreError.Inaccessible or StoreError.NoSpace => ExitCodes.DataDirectoryUnusable,
        StoreError.Corrupt => ExitCodes.DataDamaged,
        StoreError.Unavailable => ExitCodes.Unreachable,
        StoreError.Invalid => ExitCodes.InvalidInput,
        _ => ExitCodes.Failure,
    };

    private static StoreOutcome Verify(string from)
    {
        var report = StoreVerifier.Verify(StoreDirectory(from));
        var figures = new Dictionary<string, string>
        {
            ["segments"] = Text(report.Segments),
            ["records"] = Text(report.Records),
            ["revision"] = Text(report.Revision),
            ["compacted"] = Text(report.CompactedRevision),
            ["keys"] = Text(report.Keys),
            ["leases"] = Text(report.Leases),
            ["torn bytes"] = Text(report.TornBytes),
        };
        return report.IsSound
            ? new StoreOutcome(ExitCodes.Success, $"The store in {report.Directory} is whole.", figures)
            : new StoreOutcome(
                ExitCodes.DataDamaged,
                $"The store in {report.Directory} is damaged:\n" + string.Join('\n', report.Faults.Select(fault => $"  {fault.File}: {fault.Message}")),
                figures);
    }

    private static async Task<StoreOutcome> SnapshotAsync(StoreRequest request, CancellationToken cancellation)
    {
        SnapshotSummary summary;
        if (IsAddress(request.From))
        {
            await using var store = Reach(request.From, request.TokenFile);
            summary = await StoreSnapshots.SaveAsync(store, request.To!, cancellation);
        }
        else
        {
            summary = await StoreSnapshots.SaveAsync(StoreDirectory(request.From), request.To!, cancellation);
        }

        return new StoreOutcome(ExitCodes.Success, $"Everything at revision {summary.Revision} is in {request.To}.", Figures(summary));
    }

    private static async Task<StoreOutcome> RestoreAsync(StoreRequest request, CancellationToken cancellation)
    {
        var summary = await StoreSnapshots.RestoreAsync(request.From, Path.Combine(request.To!, "store"), cancellation);
        return new StoreOutcome(ExitCodes.Success, $"{request.To} holds the store as of revision {summary.Revision}.", Figures(summary));
    }

    private static async Task<StoreOutcome> CopyAsync(StoreRequest request, IProgress<string> progress, CancellationToken cancellation)
    {
        await using var from = await OpenAsync(request.From, request.TokenFile, mustExist: true, cancellation);
        await using var to = await OpenAsync(request.To!, request.TokenFile, mustExist: false, cancellation);
        var said = new Progress<CopyProgress>(at => progress.Report($"{Text(at.Entries)} entries, {Text(at.Events)} changes, at revision {at.Revision}"));
        var copied = await StoreCopier.CopyAsync(from, to, said, cancellation);
        return new StoreOutcome(
            ExitCodes.Success,
            $"{request.To} holds what {request.From} holds; both were compared.",
            new Dictionary<string, string> { ["entries"] = Text(copied.Entries), ["changes followed"] = Text(copied.Events), ["revision"] = Text(copied.Revision) });
    }

    private static async Task<IStore> OpenAsync(string place, string? tokenFile, bool mustExist, CancellationToken cancellation)
    {
        if (IsAddress(place))
        {
            return Reach(place, tokenFile);
        }

        var directory = mustExist ? StoreDirectory(place) : Path.Combine(place, "store");
        if (mustExist && !Directory.Exists(directory))
        {
            throw new StoreException(StoreError.Inaccessible, $"There is no store in {place}. Name the data directory of a server that is not running, or a running server: banyan://127.0.0.1:7401.");
        }

        return await EmbeddedStore.OpenAsync(directory, new EmbeddedStoreOptions(), TimeProvider.System, cancellation);
    }

    private static IStore Reach(string place, string? tokenFile)
    {
        if (!Uri.TryCreate(place, UriKind.Absolute, out var address))
        {
            throw new StoreException(StoreError.Invalid, $"'{place}' is not an address. Write etcd://host:2379 or banyan://host:7401.");
        }

        var endpoint = new UriBuilder("http", address.Host, address.Port).Uri;
        return address.Scheme switch
        {
            "etcd" => new EtcdStore(new EtcdStoreOptions { Endpoints = [endpoint] }, new GrpcChannelOptions(), TimeProvider.System),
            "banyan" or "http" => new RemoteStore(RemoteContracts.StoreChannel(endpoint, () => tokenFile is null ? null : File.ReadAllText(tokenFile).Trim())),
            _ => throw new StoreException(StoreError.Invalid, $"'{address.Scheme}' is not an engine. Write etcd://host:2379 for etcd or banyan://host:7401 for a running server."),
        };
    }

    private static bool IsAddress(string place) => place.Contains("://", StringComparison.Ordinal);

    // People name the data directory; the store is a folder in it. Both are understood.
    private static string StoreDirectory(string place) => Directory.Exists(Path.Combine(place, "store")) ? Path.Combine(place, "store") : place;

    private static Dictionary<string, string> Figures(SnapshotSummary summary) => new()
    {
        ["revision"] = Text(summary.Revision),
        ["entries"] = Text(summary.Entries),
        ["leases"] = Text(summary.Leases),
        ["bytes"] = Text(summary.Bytes),
    };

    private static string Text(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
