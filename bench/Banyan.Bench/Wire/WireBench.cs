using System.Buffers;
using System.Diagnostics;
using Banyan.Bench.Reports;
using Banyan.Wire;
using Banyan.Wire.Fields;
using Banyan.Wire.Http1;
using Banyan.Wire.Paths;

namespace Banyan.Bench.Wire;

/// <summary>
/// <c>banyan bench wire</c>: heads of HTTP/1.1 read and written, beside Kestrel's parser on the same bytes. Each figure is the best of many short batches: what a
/// neighbour on the machine takes away shows in the others.
/// </summary>
public static class WireBench
{
    private const int Batch = 5_000;

    private static readonly byte[] Small = "GET / HTTP/1.1\r\nHost: localhost:8080\r\n\r\n"u8.ToArray();

    private static readonly byte[] Large =
    [
        .. "GET /wp-content/uploads/2010/03/hello-kitty-darth-vader-pink.jpg HTTP/1.1\r\nHost: www.kittyhell.example\r\n"u8,
        .. "User-Agent: Mozilla/5.0 (Macintosh; U; Intel Mac OS X 10.6; ja-JP-mac; rv:1.9.2.3) Gecko/20100401 Firefox/3.6.3 Pathtraq/0.9\r\n"u8,
        .. "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\nAccept-Language: ja,en-us;q=0.7,en;q=0.3\r\n"u8,
        .. "Accept-Encoding: gzip,deflate\r\nAccept-Charset: Shift_JIS,utf-8;q=0.7,*;q=0.7\r\nCache-Control: max-age=0\r\nX-Request-Id: 4f5a6b7c8d9e\r\n"u8,
        .. "X-Custom-One: some value here\r\nReferer: http://www.example.org/\r\nOrigin: http://www.example.org\r\nConnection: keep-alive\r\n"u8,
        .. "Priority: u=1\r\nCookie: wp_ozh_wsa_visits=2; visit_lasttime=xxxxxxxxxx\r\n\r\n"u8,
    ];

    private static readonly byte[] Answer =
        "HTTP/1.1 200 OK\r\nServer: a\r\nDate: Sat, 21 Nov 2026 13:00:00 GMT\r\nContent-Type: text/plain\r\nContent-Length: 100\r\nConnection: keep-alive\r\n\r\n"u8.ToArray();

    private static readonly byte[] Path = "/api/v1/pets/1234/pictures"u8.ToArray();

    /// <summary>Runs the bench and prints its figures.</summary>
    /// <param name="options">How.</param>
    /// <param name="output">Gets the table or the JSON.</param>
    /// <param name="progress">Gets a line a step.</param>
    /// <param name="cancellation">Gives up between steps.</param>
    /// <returns>0.</returns>
    public static Task<int> RunAsync(BenchOptions options, TextWriter output, IProgress<string> progress, CancellationToken cancellation = default)
    {
        var batches = options.Quick ? 200 : 1000;
        var report = new BenchReport("wire", "kestrel parser");
        var request = new RequestHead();
        var answer = new ResponseHead();
        var kestrel = new KestrelHeadParser();
        var destination = new byte[4096];
        var skip = FieldSet.Of(FieldId.Host, FieldId.Via, FieldId.ContentLength);

        void Step(string scenario, Action ours, Action? peers = null)
        {
            cancellation.ThrowIfCancellationRequested();
            progress.Report(scenario);
            var own = Best(ours, batches);
            double? peer = peers is null ? null : Best(peers, batches);
            report.Add(new BenchRow(scenario, "ns", own, peer, own / peer, null, LowerIsBetter: true));
        }

        Step($"request of {Small.Length} bytes", () => Parse(Small, request), Kestrel(kestrel, Small));
        Step($"request of {Large.Length} bytes, 15 fields", () => Parse(Large, request), Kestrel(kestrel, Large));
        Step($"answer of {Answer.Length} bytes", () => ResponseParser.Parse(Answer, answer, KnownMethod.Get, HeadLimits.Default));
        Step("writing the larger request anew", () => Write(request, destination, skip));
        Step("normal form of a path", () => PathNormaliser.Normalise(Path, destination, PathOptions.Default, out _));
        report.Note("best of many batches of 5,000; Kestrel's parser finds names and values only, ours also decides target, host, framing and what ends at this hop");
        report.Write(output, options.Json);
        return Task.FromResult(0);
    }

    private static void Parse(byte[] bytes, RequestHead head)
    {
        if (RequestParser.Parse(bytes, head, HeadLimits.Default) != ParseStatus.Complete)
        {
            throw new InvalidOperationException($"The sample was refused: {WireFaults.Describe(head.Fault).Words}");
        }
    }

    private static Action Kestrel(KestrelHeadParser parser, byte[] bytes)
    {
        var sequence = new ReadOnlySequence<byte>(bytes);
        return () => parser.Parse(sequence);
    }

    private static void Write(RequestHead head, byte[] destination, FieldSet skip)
    {
        var writer = new HeadWriter(destination);
        writer.RequestLine(head.MethodText.Of(Large), head.Target.Of(Large));
        writer.Field("Host"u8, head.Authority.Of(Large));
        writer.Fields(Large, head.Fields, skip);
        writer.End();
    }

    private static double Best(Action action, int batches)
    {
        var best = double.MaxValue;

        // The first third warms up: the code is compiled again while it runs.
        for (var batch = -batches / 2; batch < batches; batch++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < Batch; i++)
            {
                action();
            }

            var time = Stopwatch.GetElapsedTime(start).TotalNanoseconds / Batch;
            best = batch < 0 ? best : Math.Min(best, time);
        }

        return best;
    }
}
