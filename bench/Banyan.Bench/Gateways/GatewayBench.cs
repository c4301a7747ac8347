using System.Globalization;
using Banyan.Bench.Peers;
using Banyan.Bench.Reports;

namespace Banyan.Bench.Gateways;

/// <summary>
/// <c>banyan bench gateway</c>: our gateway beside HAProxy, nginx and a forwarder made of Kestrel and HttpClient, in front of the same service, each alone on one
/// processor while load and service have the other. Rounds take turns; ratios are medians of each round's own ratio. The first figure is CPU time a request: it is
/// what a gateway costs, and it does not swing with the load's own limits as requests a second do.
/// </summary>
public static class GatewayBench
{
    /// <summary>Runs the bench.</summary>
    /// <param name="options">How.</param>
    /// <param name="arguments">Nothing, or names of series to run alone; or <c>forward …</c>, which makes this process the forwarder to compare with.</param>
    /// <param name="banyan">The executable that <c>server</c> is run with.</param>
    /// <param name="output">Gets the table or the JSON.</param>
    /// <param name="progress">Gets a line a step.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>0, or 1 when something the bench needs is not installed, or a contender did not come up.</returns>
    public static async Task<int> RunAsync(
        BenchOptions options, IReadOnlyList<string> arguments, string banyan, TextWriter output, IProgress<string> progress, CancellationToken cancellation)
    {
        if (arguments is ["forward", ..])
        {
            return await FrameworkForwarder.RunAsync([.. arguments.Skip(1)], cancellation);
        }

        if (arguments.Except(GatewaySeries.Names).ToArray() is { Length: > 0 } unknown)
        {
            await output.WriteLineAsync($"There is no series '{unknown[0]}'. There are: {string.Join(", ", GatewaySeries.Names)}.");
            return 1;
        }

        if (PeerProcess.Find("nginx") is not { } nginx || PeerProcess.Find("haproxy") is not { } haproxy || PeerProcess.Find("wrk") is not { } wrk)
        {
            await output.WriteLineAsync("The bench needs nginx, haproxy and wrk. Install the packages nginx-light, haproxy and wrk (and nghttp2-client, and linux-perf or strace, for all figures) and run it again.");
            return 1;
        }

        var directory = Directory.CreateTempSubdirectory("banyan-bench-");
        try
        {
            var taskset = Environment.ProcessorCount > 1 ? PeerProcess.Find("taskset") : null;
            var cores = new Cores(taskset);
            var certificate = BenchCertificate.Write(directory.FullName);
            await using var origin = Origin.Start(nginx, Path.Combine(directory.FullName, "origin"), cores);
            progress.Report("starting banyan, HAProxy, nginx, and Kestrel + HttpClient");
            await using var ours = await BanyanGateway.StartAsync(banyan, Path.Combine(directory.FullName, "banyan"), cores, origin, certificate, cancellation);
            await using var first = OtherGateways.StartHaproxy(haproxy, Path.Combine(directory.FullName, "haproxy"), cores, origin, certificate);
            await using var second = OtherGateways.StartNginx(nginx, Path.Combine(directory.FullName, "nginx"), cores, origin, certificate);
            await using var third = OtherGateways.StartForwarder(banyan, cores, origin);
            Contender[] all = [ours, first, second, third];
            await using var sidecar = GatewaySeries.Wants("unix", arguments)
                ? await BanyanGateway.StartSidecarAsync(banyan, Path.Combine(directory.FullName, "banyan"), cores, ours, cancellation)
                : null;
            await ReadyAsync(all, cancellation);

            var report = new BenchReport("gateway", "peer");
            var load = new LoadTool(taskset, wrk, PeerProcess.Find("h2load"));
            var calls = GatewaySeries.Wants("calls", arguments) ? await SystemCalls.FindAsync(directory.FullName, cancellation) : null;
            var series = new GatewaySeries(options, all, sidecar, load, report, progress, calls);
            await series.RunAsync(arguments, cancellation);
            report.Note($"each gateway with one thread or worker on processor 0, load and service on processor 1{(cores.Apart ? string.Empty : " (not kept apart: taskset or a second processor is missing)")}");
            report.Note("ours has metrics, limits, health and strict parsing on; no gateway writes an access log; all add X-Forwarded-For; CPU is user and system time of the gateway's processes");
            report.Write(output, options.Json);
            return 0;
        }
        catch (PeerFailedException e)
        {
            await output.WriteLineAsync(e.Message);
            return 1;
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task ReadyAsync(IEnumerable<Contender> contenders, CancellationToken cancellation)
    {
        using var client = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false });
        foreach (var contender in contenders)
        {
            var uri = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{contender.Http}/small"));
            await contender.Process.ReadyAsync(() => BanyanGateway.AnswersAsync(client, uri, cancellation), cancellation);
        }
    }
}
