using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Banyan.Bench.Peers;

namespace Banyan.Bench.Gateways;

/// <summary>Closed-loop load by programs others wrote: wrk for HTTP/1.1, h2load for HTTP/2 and for Unix sockets. Both run on the load's core.</summary>
internal sealed partial class LoadTool(string? taskset, string wrk, string? h2load)
{
    private const string OneThread = "-t1";

    public bool HasH2load => h2load is not null;

    /// <summary>HTTP/1.1 over TCP, plain or TLS.</summary>
    /// <param name="newConnections">True: each request asks for its connection to be closed.</param>
    /// <param name="under">The program that runs it, with its arguments.</param>
    public async Task<LoadOutcome> WrkAsync(
        Uri uri, int connections, TimeSpan length, bool newConnections, CancellationToken cancellation, IReadOnlyList<string>? under = null)
    {
        string[] close = newConnections ? ["-H", "Connection: close"] : [];
        var text = await RunAsync(wrk, [OneThread, $"-c{connections}", $"-d{Seconds(length)}s", .. close, uri.AbsoluteUri], cancellation, under);
        var match = WrkRequests().Match(text);
        return match.Success
            ? new LoadOutcome(
                long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture),
                (WrkFailures().Match(text) is { Success: true } bad ? long.Parse(bad.Groups[1].Value, CultureInfo.InvariantCulture) : 0)
                + (WrkSocketErrors().Match(text) is { Success: true } errors ? Enumerable.Range(1, 4).Sum(i => long.Parse(errors.Groups[i].Value, CultureInfo.InvariantCulture)) : 0))
            : throw new PeerFailedException($"wrk said nothing of its requests:\n{text}");
    }

    /// <summary>HTTP/2 with prior knowledge, or HTTP/1.1, over TCP or a Unix socket.</summary>
    /// <param name="unix">Path of the socket; null = TCP to <paramref name="uri"/>.</param>
    public async Task<LoadOutcome> H2loadAsync(Uri uri, string? unix, int connections, int streams, bool http1, TimeSpan length, CancellationToken cancellation)
    {
        string[] over = [.. http1 ? ["--h1"] : Array.Empty<string>(), .. unix is null ? [] : new[] { $"--base-uri=unix:{unix}" }];
        var text = await RunAsync(h2load!, [OneThread, $"-c{connections}", $"-m{streams}", "-D", Seconds(length), .. over, uri.AbsoluteUri], cancellation);
        var match = H2loadRequests().Match(text);
        return match.Success
            ? new LoadOutcome(long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), long.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture))
            : throw new PeerFailedException($"h2load said nothing of its requests:\n{text}");
    }

    private static string Seconds(TimeSpan length) => ((int)Math.Max(1, Math.Round(length.TotalSeconds))).ToString(CultureInfo.InvariantCulture);

    private async Task<string> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellation, IReadOnlyList<string>? under = null)
    {
        string[] words = [.. under ?? [], .. taskset is null ? Array.Empty<string>() : [taskset, "-c", "1"], program, .. arguments];
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(words[0], words[1..]) { RedirectStandardOutput = true, RedirectStandardError = true },
        };
        process.Start();
        var (said, failed) = (process.StandardOutput.ReadToEndAsync(cancellation), process.StandardError.ReadToEndAsync(cancellation));
        await process.WaitForExitAsync(cancellation);
        return await said + await failed;
    }

    [GeneratedRegex(@"(\d+) requests in ")]
    private static partial Regex WrkRequests();

    [GeneratedRegex(@"Non-2xx or 3xx responses: (\d+)")]
    private static partial Regex WrkFailures();

    [GeneratedRegex(@"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)")]
    private static partial Regex WrkSocketErrors();

    [GeneratedRegex(@"(\d+) succeeded, (\d+) failed")]
    private static partial Regex H2loadRequests();
}
