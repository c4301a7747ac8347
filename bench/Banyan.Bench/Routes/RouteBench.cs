using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Banyan.Bench.Reports;
using Banyan.Gateway.Clusters;
using Banyan.Gateway.Kinds;
using Banyan.Gateway.Routing;
using Banyan.Resources;
using Banyan.Resources.Audit;
using Banyan.Store.Memory;
using Microsoft.Extensions.Logging.Abstractions;

namespace Banyan.Bench.Routes;

/// <summary>
/// What 10,000 routes cost beside 10: finding one, compiling one more into the table, and applying one more through the gate of all changes (memory store). Finding
/// is asked for every route in turn, so that no cache holds the answer; half of the routes share one host, half have a host each.
/// </summary>
public static class RouteBench
{
    private const int Few = 10;
    private const int Many = 10_000;

    // 5 % of the CPU that the leanest proxy on the measured machine takes for a request, 11 µs.
    private const double MostExtraNanoseconds = 550;

    /// <summary>Runs the bench and prints its figures.</summary>
    /// <param name="options">How.</param>
    /// <param name="output">Gets the table or the JSON.</param>
    /// <param name="progress">Gets a line a step.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>0.</returns>
    public static async Task<int> RunAsync(BenchOptions options, TextWriter output, IProgress<string> progress, CancellationToken cancellation = default)
    {
        var rounds = options.Quick ? 7 : 25;
        var report = new BenchReport("routes", $"{Few} routes");
        progress.Report("finding");
        var (few, many) = (Asks(Few), Asks(Many));
        List<double> findFew = [], findMany = [];
        for (var round = 0; round < rounds; round++)
        {
            findFew.Add(Find(few, options.Quick));
            findMany.Add(Find(many, options.Quick));
        }

        report.AddPaired($"find among {Many:N0} routes", "ns", findMany, findFew, null, lowerIsBetter: true);
        report.Add(new BenchRow($"find, more than among {Few}", "ns", BenchReport.Median([.. findMany.Zip(findFew, (m, f) => m - f)]), null, null, MostExtraNanoseconds, LowerIsBetter: true));

        progress.Report("compiling one more");
        var (compileFew, compileMany) = (CompileOneMore(Few, rounds), CompileOneMore(Many, rounds));
        report.AddPaired("compile one more", "ms", compileMany, compileFew, null, lowerIsBetter: true);

        progress.Report($"applying {Many:N0} routes");
        var (applyFew, applyMany) = (await ApplyOneMoreAsync(Few, rounds, cancellation), await ApplyOneMoreAsync(Many, rounds, cancellation));
        report.AddPaired("apply one more", "ms", applyMany, applyFew, null, lowerIsBetter: true);
        report.Add(new BenchRow("apply and compile one more", "ms", BenchReport.Median(applyMany) + BenchReport.Median(compileMany), null, null, 10, LowerIsBetter: true));
        report.Note($"{Many:N0} routes in one table; medians of {rounds} rounds.");
        report.Write(output, options.Json);
        return 0;
    }

    private static RouteSpec Spec(int number) => new()
    {
        Hosts = [number % 2 == 0 ? "shared.example" : $"h{number}.example"],
        Path = $"/api/v{number % 7}/things{number}",
        Service = new RouteService { Name = "things" },
    };

    private static ClusterTable Clusters() => new(new ClusterContext(TimeProvider.System, string.Empty, 0, NullLogger.Instance));

    private static RouteEntry Entry(int number) => new(new RouteName("default", $"r{number}"), Spec(number), number);

    private static (RouteSnapshot Table, (byte[] Host, byte[] Path)[] Asked) Asks(int count)
    {
        var entries = Enumerable.Range(0, count).Select(Entry).ToArray();
        var asked = entries.Select(e => (Encoding.ASCII.GetBytes(e.Spec.Hosts![0] + ":8080"), Encoding.ASCII.GetBytes(e.Spec.Path + "/7/parts"))).ToArray();
        new Random(1).Shuffle(asked);
        return (new RouteCompilation(Clusters().Get).Apply(entries), asked);
    }

    private static double Find((RouteSnapshot Table, (byte[] Host, byte[] Path)[] Asked) given, bool quick)
    {
        var times = quick ? 200_000 : 1_000_000;
        var found = 0;
        var from = Stopwatch.GetTimestamp();
        for (int i = 0, next = 0; i < times; i++)
        {
            var (host, path) = given.Asked[next];
            found += given.Table.Find(new RequestMatch { Method = "GET"u8, Host = host, Path = path }) is null ? 0 : 1;
            next = next + 1 == given.Asked.Length ? 0 : next + 1;
        }

        var took = Stopwatch.GetElapsedTime(from);
        return found == times ? took.TotalNanoseconds / times : throw new InvalidOperationException($"{times - found} of {times} requests found no route.");
    }

    private static List<double> CompileOneMore(int count, int rounds)
    {
        var entries = Enumerable.Range(0, count).Select(Entry).ToList();
        var compilation = new RouteCompilation(Clusters().Get);
        compilation.Apply(entries);
        var took = new List<double>();
        for (var round = 0; round < rounds; round++)
        {
            entries.Add(Entry(count + round));
            var from = Stopwatch.GetTimestamp();
            compilation.Apply(entries);
            took.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
        }

        return took;
    }

    private static async Task<List<double>> ApplyOneMoreAsync(int count, int rounds, CancellationToken cancellation)
    {
        var options = new ResourcesOptions();
        await using var store = new MemoryStore(TimeProvider.System);
        var audit = new AuditLog(store, TimeProvider.System, options);
        await using var resources = new StoreResources(
            store, new KindSet([new RouteKind(), new ThingKind()]), TimeProvider.System, audit, options, NullLogger<StoreResources>.Instance);
        var context = new WriteContext(new Actor("bench", ActorRole.Administrator, null, null, "127.0.0.1"));
        await resources.CreateAsync("services", new ResourceName("default", "things"), new JsonObject { ["spec"] = new JsonObject() }, context, cancellation);
        for (var i = 0; i < count; i++)
        {
            await ApplyAsync(i);
        }

        var took = new List<double>();
        for (var round = 0; round < rounds; round++)
        {
            var from = Stopwatch.GetTimestamp();
            await ApplyAsync(count + round);
            took.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
        }

        return took;

        Task ApplyAsync(int number)
        {
            var spec = Spec(number);
            var document = new JsonObject
            {
                ["spec"] = new JsonObject { ["hosts"] = new JsonArray(spec.Hosts![0]), ["path"] = spec.Path, ["service"] = new JsonObject { ["name"] = "things" } },
            };
            return resources.ApplyAsync("routes", new ResourceName("default", $"r{number}"), document, context with { FieldManager = "bench" }, cancellation);
        }
    }
}
