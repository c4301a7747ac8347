using System.Globalization;
using Banyan.Bench.Peers;
using Banyan.Bench.Reports;

namespace Banyan.Bench.Gateways;

/// <summary>The series of the gateway bench. The first contender is ours; a series runs over those who offer what it needs.</summary>
internal sealed class GatewaySeries(
    BenchOptions options, Contender[] all, Contender? sidecar, LoadTool load, BenchReport report, IProgress<string> progress, SystemCalls? calls)
{
    private const int Connections = 64;

    private const int IdleConnections = 10_000;

    // Memory first: what a process has once used for something else and kept is not seen growing.
    public static readonly string[] Names = ["memory", "small", "large", "new", "tls", "tls-new", "http2", "unix", "latency", "calls"];

    // What CPU a request may be, beside HAProxy, nginx and the framework.
    private static readonly Dictionary<string, double> Small = new() { ["HAProxy"] = 0.85, ["nginx"] = 0.90 };
    private static readonly Dictionary<string, double> Large = new() { ["HAProxy"] = 0.95, ["nginx"] = 0.85 };
    private static readonly Dictionary<string, double> NewTls = new() { ["HAProxy"] = 1.10, ["nginx"] = 1.10 };
    private static readonly Dictionary<string, double> Http2 = new() { ["Kestrel + HttpClient"] = 1 / 1.3 };
    private static readonly Dictionary<string, double> None = [];

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);

    private readonly int _rounds = options.Quick ? 2 : 7;
    private readonly TimeSpan _length = TimeSpan.FromSeconds(options.Quick ? 1 : 4);

    /// <summary>True when a series is to be run: it is named, or none is.</summary>
    public static bool Wants(string name, IReadOnlyCollection<string> wanted) => wanted.Count == 0 || wanted.Contains(name);

    public async Task RunAsync(IReadOnlyCollection<string> wanted, CancellationToken cancellation)
    {
        foreach (var name in Names.Where(n => Wants(n, wanted)))
        {
            await RunAsync(name, cancellation);
        }
    }

    private Task RunAsync(string name, CancellationToken cancellation) => name switch
    {
        "small" => CpuAsync("100 B, keep-alive", all, Small, c => WrkAsync(Url("http", c.Http, "small"), false, cancellation)),
        "large" => CpuAsync("10 KiB, keep-alive", all, Large, c => WrkAsync(Url("http", c.Http, "large"), false, cancellation)),
        "new" => CpuAsync("100 B, a connection each", all, None, c => WrkAsync(Url("http", c.Http, "small"), true, cancellation)),
        "tls" => CpuAsync("TLS, 100 B, keep-alive", [.. all.Where(c => c.Https is not null)], Small, c => WrkAsync(Url("https", c.Https!.Value, "small"), false, cancellation)),
        "tls-new" => CpuAsync("TLS, a connection each", [.. all.Where(c => c.Https is not null)], NewTls, c => WrkAsync(Url("https", c.Https!.Value, "small"), true, cancellation)),
        "http2" when load.HasH2load => CpuAsync(
            "HTTP/2, 100 B, 16 x 10 streams", [.. all.Where(c => c.Http2 is not null)], Http2,
            c => load.H2loadAsync(Url("http", c.Http2!.Value, "small"), null, 16, 10, http1: false, _length, cancellation)),
        "unix" when load.HasH2load && sidecar is not null => UnixAsync(sidecar, cancellation),
        "latency" => LatencyAsync(cancellation),
        "memory" => MemoryAsync(cancellation),
        "calls" when calls is not null => CallsAsync(calls, cancellation),
        _ => Task.CompletedTask,
    };

    private static Uri Url(string scheme, int port, string path) => new(string.Create(CultureInfo.InvariantCulture, $"{scheme}://127.0.0.1:{port}/{path}"));

    private Task<LoadOutcome> WrkAsync(Uri uri, bool newConnections, CancellationToken cancellation) => load.WrkAsync(uri, Connections, _length, newConnections, cancellation);

    private async Task CpuAsync(string scenario, Contender[] contenders, Dictionary<string, double> targets, Func<Contender, Task<LoadOutcome>> run)
    {
        if (contenders.Length == 0 || contenders[0] != all[0])
        {
            report.Note($"{scenario}: not measured, ours does not offer it");
            return;
        }

        // A runtime that compiles as it goes has compiled by then; the others do not mind.
        progress.Report(scenario);
        foreach (var contender in contenders)
        {
            for (var warm = TimeSpan.Zero; warm < WarmUp; warm += _length)
            {
                await run(contender);
            }
        }

        var cpu = contenders.Select(_ => new List<double>()).ToArray();
        var rates = contenders.Select(_ => new List<double>()).ToArray();
        for (var round = 0; round < _rounds; round++)
        {
            for (var i = 0; i < contenders.Length; i++)
            {
                var before = ProcessUsage.Of(contenders[i].Process.Id).CpuMicroseconds;
                var outcome = await run(contenders[i]);
                cpu[i].Add((ProcessUsage.Of(contenders[i].Process.Id).CpuMicroseconds - before) / outcome.Requests);
                rates[i].Add(outcome.Requests / _length.TotalSeconds);
                if (outcome.Failures > 0)
                {
                    report.Note($"{scenario}: {outcome.Failures} of {outcome.Requests} requests through {contenders[i].Name} failed in round {round + 1}");
                }
            }
        }

        for (var i = 1; i < contenders.Length; i++)
        {
            double? target = targets.TryGetValue(contenders[i].Name, out var t) ? t : null;
            report.AddPaired($"{scenario}: CPU, {contenders[i].Name}", "us/request", cpu[0], cpu[i], target, lowerIsBetter: true);
            report.AddPaired($"{scenario}: seen, {contenders[i].Name}", "requests/s", rates[0], rates[i], null);
        }
    }

    // A program beside its sidecar speaks over a Unix socket; what it replaces is HAProxy's hop over TCP. One load for both; the service is behind TCP for both.
    private async Task UnixAsync(Contender beside, CancellationToken cancellation)
    {
        progress.Report("service to sidecar over a Unix socket");
        var peer = all.Single(c => c.Name == "HAProxy");
        (string Name, Contender Contender, string? Unix)[] runs = [("ours", beside, beside.Unix), ("TCP", peer, null), ("a Unix socket", peer, peer.Unix)];
        var cpu = runs.Select(_ => new List<double>()).ToArray();
        for (var warm = TimeSpan.Zero; warm < WarmUp; warm += _length)
        {
            await load.H2loadAsync(Url("http", 80, "small"), beside.Unix, Connections, 1, http1: true, _length, cancellation);
        }

        for (var round = 0; round < _rounds; round++)
        {
            for (var i = 0; i < runs.Length; i++)
            {
                var (name, contender, unix) = runs[i];
                var before = ProcessUsage.Of(contender.Process.Id).CpuMicroseconds;
                var outcome = await load.H2loadAsync(Url("http", contender.Http, "small"), unix, Connections, 1, http1: true, _length, cancellation);
                cpu[i].Add((ProcessUsage.Of(contender.Process.Id).CpuMicroseconds - before) / outcome.Requests);
                if (outcome.Failures > 0)
                {
                    report.Note($"Unix socket: {outcome.Failures} of {outcome.Requests} requests through {contender.Name} ({name}) failed in round {round + 1}");
                }
            }
        }

        report.AddPaired("sidecar over a Unix socket: CPU, HAProxy over TCP", "us/request", cpu[0], cpu[1], 0.75, lowerIsBetter: true);
        report.AddPaired("sidecar over a Unix socket: CPU, HAProxy over a Unix socket", "us/request", cpu[0], cpu[2], null, lowerIsBetter: true);
    }

    private async Task LatencyAsync(CancellationToken cancellation)
    {
        var rate = options.Quick ? 4000 : 8000;
        var latencies = all.Select(_ => (P50: new List<double>(), P99: new List<double>(), P999: new List<double>())).ToArray();
        progress.Report(string.Create(CultureInfo.InvariantCulture, $"latency at {rate:N0} requests/s"));
        for (var round = 0; round <= _rounds; round++)
        {
            for (var i = 0; i < all.Length; i++)
            {
                var sorted = await new OpenLoad(all[i].Http, Connections).RunAsync(rate, _length, cancellation);
                if (round > 0)
                {
                    latencies[i].P50.Add(sorted[sorted.Length / 2]);
                    latencies[i].P99.Add(sorted[(int)(sorted.Length * 0.99)]);
                    latencies[i].P999.Add(sorted[(int)(sorted.Length * 0.999)]);
                }
            }
        }

        for (var i = 1; i < all.Length; i++)
        {
            var at = string.Create(CultureInfo.InvariantCulture, $"{rate:N0} requests/s");
            report.AddPaired($"{at}: p50, {all[i].Name}", "us", latencies[0].P50, latencies[i].P50, null, lowerIsBetter: true);
            report.AddPaired($"{at}: p99, {all[i].Name}", "us", latencies[0].P99, latencies[i].P99, all[i].Name is "HAProxy" or "nginx" ? 1.0 : null, lowerIsBetter: true);
            report.AddPaired($"{at}: p99.9, {all[i].Name}", "us", latencies[0].P999, latencies[i].P999, null, lowerIsBetter: true);
        }
    }

    private async Task MemoryAsync(CancellationToken cancellation)
    {
        progress.Report("memory of idle connections");
        var bytes = new List<double>();
        var count = IdleConnections;
        foreach (var contender in all)
        {
            // What a process takes for its first requests, however many connections they come over, is not the connections'.
            await load.WrkAsync(Url("http", contender.Http, "small"), 1, WarmUp, newConnections: false, cancellation);
            await using var idle = new IdleLoad();
            var before = ProcessUsage.Of(contender.Process.Id).ResidentBytes;
            count = await idle.OpenAsync(contender.Http, IdleConnections, cancellation);
            bytes.Add((double)(ProcessUsage.Of(contender.Process.Id).ResidentBytes - before) / count);
        }

        for (var i = 1; i < all.Length; i++)
        {
            report.AddPaired(
                string.Create(CultureInfo.InvariantCulture, $"{count:N0} idle connections, {all[i].Name}"), "bytes each", [bytes[0]], [bytes[i]], all[i].Name == "HAProxy" ? 1.0 : null, lowerIsBetter: true);
        }
    }

    private async Task CallsAsync(SystemCalls counter, CancellationToken cancellation)
    {
        progress.Report($"system calls, counted by {counter.Program}");
        var calls = all.Select(_ => new List<double>()).ToArray();
        for (var round = 0; round <= _rounds; round++)
        {
            for (var i = 0; i < all.Length; i++)
            {
                var uri = Url("http", all[i].Http, "small");
                var each = await counter.EachAsync(all[i].Process.Id, under => load.WrkAsync(uri, Connections, _length, newConnections: false, cancellation, under), cancellation);
                if (round > 0)
                {
                    calls[i].Add(each);
                }
            }
        }

        for (var i = 0; i < all.Length; i++)
        {
            report.Add(new BenchRow($"system calls, {all[i].Name}", "calls/request", BenchReport.Median(calls[i]), null, null, i == 0 ? 4.3 : null, LowerIsBetter: true));
        }

        report.Note($"system calls are counted by {counter.Program}");
    }
}
