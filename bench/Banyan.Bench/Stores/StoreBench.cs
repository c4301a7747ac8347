using System.Diagnostics;
using System.Globalization;
using Banyan.Bench.Peers;
using Banyan.Bench.Reports;
using Banyan.Grpc;
using Banyan.Store;
using Banyan.Store.Embedded;
using Banyan.Store.Etcd;
using Banyan.Store.Mvcc;
using Banyan.Store.Remote;

namespace Banyan.Bench.Stores;

/// <summary>
/// <c>banyan bench store</c>: the embedded store beside a real etcd on the same disk, both over gRPC on loopback with the same client code, both with their data on
/// disk before they acknowledge. Rounds alternate; ratios are medians of each round's own ratio.
/// </summary>
public static class StoreBench
{
    private const int Watchers = 1000;
    private const int ConnectedWriters = 64;
    private const int ReopenKeys = 1_000_000;

    /// <summary>Runs the bench.</summary>
    /// <param name="options">How.</param>
    /// <param name="server">The executable that <c>server --target=store</c> is run with.</param>
    /// <param name="output">Gets the table or the JSON.</param>
    /// <param name="progress">Gets a line a step.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>0, or 1 when etcd is not installed.</returns>
    public static async Task<int> RunAsync(
        BenchOptions options, string server, TextWriter output, IProgress<string> progress, CancellationToken cancellation)
    {
        if (PeerProcess.Find("etcd") is not { } etcd)
        {
            await output.WriteLineAsync("The bench needs etcd to compare with. Install the package etcd-server and run it again.");
            return 1;
        }

        var directory = Directory.CreateTempSubdirectory("banyan-bench-");
        try
        {
            var report = new BenchReport("store", "etcd");
            await MeasureAsync(options, server, etcd, directory.FullName, report, progress, cancellation);
            progress.Report("reopening 1,000,000 keys");
            report.Add(new BenchRow(
                "reopen 1,000,000 keys", "s", await ReopenAsync(Path.Combine(directory.FullName, "reopen"), cancellation), null, null, 5, LowerIsBetter: true));
            report.Note("values of 256 bytes; both servers acknowledge after their data is on disk; the same gRPC client on loopback, in this process");
            report.Note("writers and watchers share one connection unless stated; ours sends the commits of a connection on one stream, etcd's API has a call for each");
            report.Write(output, options.Json);
            return 0;
        }
        catch (Exception e) when (e is PeerFailedException or StoreException)
        {
            await output.WriteLineAsync(e.Message);
            return 1;
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task MeasureAsync(
        BenchOptions options, string server, string etcd, string directory, BenchReport report, IProgress<string> progress, CancellationToken cancellation)
    {
        await using var ourProcess = StartOurs(server, Path.Combine(directory, "banyan"), out var openOurs);
        await using var etcdProcess = StartEtcd(etcd, Path.Combine(directory, "etcd"), out var openPeer);
        await using var ours = openOurs();
        await using var peer = openPeer();
        await ourProcess.ReadyAsync(() => AnswersAsync(ours, cancellation), cancellation);
        await etcdProcess.ReadyAsync(() => AnswersAsync(peer, cancellation), cancellation);

        // Many short rounds: what else the machine and its disk do meanwhile hits both alike.
        var rounds = options.Quick ? 6 : 15;
        var duration = TimeSpan.FromSeconds(options.Quick ? 0.35 : 1.5);
        foreach (var (writers, target) in new[] { (1, 1.0), (64, 2.0), (512, 2.0) })
        {
            progress.Report(string.Create(CultureInfo.InvariantCulture, $"{writers} writers"));
            var (a, b) = await PairAsync(rounds, share => WritesAsync([ours], writers, share), share => WritesAsync([peer], writers, share));
            report.AddPaired(string.Create(CultureInfo.InvariantCulture, $"commits, {writers} writers"), "writes/s", a, b, target);
        }

        progress.Report("64 writers, a connection each");
        await using (var ourMany = new Connections(openOurs, ConnectedWriters))
        await using (var peerMany = new Connections(openPeer, ConnectedWriters))
        {
            var (a, b) = await PairAsync(
                rounds, share => WritesAsync(ourMany.Stores, ConnectedWriters, share), share => WritesAsync(peerMany.Stores, ConnectedWriters, share));
            report.AddPaired("commits, 64 connections", "writes/s", a, b, 2.0);
        }

        progress.Report("1,000 watchers");
        var writes = options.Quick ? 80 : 400;
        var (c, d) = await PairAsync(rounds, _ => StoreLoad.EventsAsync(ours, Watchers, writes, cancellation), _ => StoreLoad.EventsAsync(peer, Watchers, writes, cancellation));
        report.AddPaired("events to 1,000 watchers", "events/s", c, d, 2.0);

        Task<double> WritesAsync(IReadOnlyList<IStore> stores, int writers, double share) => StoreLoad.WritesAsync(stores, writers, duration * share, cancellation);
    }

    // The first round warms both up and does not count.
    private static async Task<(List<double> Ours, List<double> Peers)> PairAsync(int rounds, Func<double, Task<double>> ours, Func<double, Task<double>> peer)
    {
        var (a, b) = (new List<double>(), new List<double>());
        for (var round = 0; round <= rounds; round++)
        {
            var share = round == 0 ? 1.5 : 1;
            var (x, y) = (await ours(share), await peer(share));
            if (round > 0)
            {
                a.Add(x);
                b.Add(y);
            }
        }

        return (a, b);
    }

    private static async Task<bool> AnswersAsync(IStore store, CancellationToken cancellation)
    {
        try
        {
            await store.StatusAsync(cancellation);
            return true;
        }
        catch (StoreException)
        {
            return false;
        }
    }

    private static PeerProcess StartOurs(string server, string data, out Func<IStore> open)
    {
        var (http, grpc) = (PeerProcess.FreePort(), PeerProcess.FreePort());
        var process = PeerProcess.Start(server, [
            "server", "--target=store", "--data", data,
            "--set", string.Create(CultureInfo.InvariantCulture, $"host.http=127.0.0.1:{http}"),
            "--set", string.Create(CultureInfo.InvariantCulture, $"host.grpc=127.0.0.1:{grpc}")]);
        var tokenFile = Path.Combine(data, "admin.token");
        GrpcMetadata? credential = null;
        open = () => new RemoteStore(new GrpcChannel(new Uri($"http://127.0.0.1:{grpc}"), new GrpcChannelOptions
        {
            MetadataProvider = _ => new(credential ??= File.Exists(tokenFile)
                ? new GrpcMetadata { { "authorization", "Bearer " + File.ReadAllText(tokenFile).Trim() } }
                : null),
        }));
        return process;
    }

    private static PeerProcess StartEtcd(string etcd, string data, out Func<IStore> open)
    {
        var client = $"http://127.0.0.1:{PeerProcess.FreePort()}";
        var peer = $"http://127.0.0.1:{PeerProcess.FreePort()}";
        var process = PeerProcess.Start(etcd, [
            "--data-dir", data, "--listen-client-urls", client, "--advertise-client-urls", client, "--listen-peer-urls", peer,
            "--initial-advertise-peer-urls", peer, "--initial-cluster", $"default={peer}", "--log-level", "error", "--quota-backend-bytes", "4294967296"]);
        open = () => new EtcdStore(
            new EtcdStoreOptions { Endpoints = [new Uri(client)], Patience = TimeSpan.FromSeconds(2) }, new GrpcChannelOptions(), TimeProvider.System);
        return process;
    }

    private static async Task<double> ReopenAsync(string directory, CancellationToken cancellation)
    {
        var options = new EmbeddedStoreOptions { FlushToDisk = false };
        await using (var store = await EmbeddedStore.OpenAsync(directory, options, TimeProvider.System, cancellation))
        {
            var batch = new List<StoreOperation>(TransactionRules.MaxOperations);
            for (var i = 0; i < ReopenKeys; i++)
            {
                batch.Add(new StoreOperation.Put(string.Create(CultureInfo.InvariantCulture, $"reopen/{i:0000000}/some-service-name"), new byte[100]));
                if (batch.Count == TransactionRules.MaxOperations || i == ReopenKeys - 1)
                {
                    await store.CommitAsync(StoreTransaction.Of(batch), cancellation);
                    batch = new List<StoreOperation>(TransactionRules.MaxOperations);
                }
            }
        }

        var clock = Stopwatch.StartNew();
        await using var reopened = await EmbeddedStore.OpenAsync(directory, options, TimeProvider.System, cancellation);
        var status = await reopened.StatusAsync(cancellation);
        return status.Keys == ReopenKeys ? clock.Elapsed.TotalSeconds : throw new InvalidOperationException($"{status.Keys:N0} keys came back of {ReopenKeys:N0}.");
    }

    private sealed class Connections(Func<IStore> open, int count) : IAsyncDisposable
    {
        public IReadOnlyList<IStore> Stores { get; } = [.. Enumerable.Range(0, count).Select(_ => open())];

        public async ValueTask DisposeAsync()
        {
            foreach (var store in Stores)
            {
                await store.DisposeAsync();
            }
        }
    }
}
