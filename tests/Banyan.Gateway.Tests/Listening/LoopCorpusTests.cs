using System.Net.Sockets;
using Banyan.Gateway.Failures;
using Banyan.Gateway.Tests.Support;
using Banyan.Testing.Corpus;

namespace Banyan.Gateway.Tests.Listening;

/// <summary>The whole corpus of raw messages, against a gateway that runs: the same verdicts as the parser's.</summary>
public abstract class LoopCorpusTests(GatewayTransport transport)
{
    [Fact]
    public async Task Requests_get_the_verdict_of_the_corpus()
    {
        await using var upstream = ScriptedUpstream.Run(async (me, connection) =>
        {
            await me.HeadAsync(connection);
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            await connection.ReadToEndAsync();
        });
        await using var gateway = await ToAsync(upstream.Port);
        var wrong = new List<string>();

        // The one case that is something else here: a port of HTTP/1.1 understands the preface of HTTP/2, too.
        foreach (var request in CorpusReader.ReadAll().Where(c => c.IsRequest && !c.ToString()!.Contains("http2-preface", StringComparison.Ordinal)))
        {
            await using var client = await gateway.ConnectAsync();
            await client.SendAsync(request.Bytes);
            client.Socket.Shutdown(SocketShutdown.Send);
            var answer = await client.ReadToEndAsync();
            var status = answer.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) ? answer[9..12] : "none";

            // What is whole is passed on, or refused for what it asks; what is cut has nobody to answer to, unless the service did so before the cut.
            var right = request.IsIncomplete ? status is "none" or "200"
                : request.IsAccepted ? status is "200" or "204" or "400" or "405" or "508"
                : status == request.Status.ToString(System.Globalization.CultureInfo.InvariantCulture);
            if (!right)
            {
                wrong.Add($"{request}: {request.Expected} → {status}");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task Answers_get_the_verdict_of_the_corpus()
    {
        var cases = CorpusReader.ReadAll().Where(c => !c.IsRequest).ToDictionary(c => c.Name);
        await using var upstream = ScriptedUpstream.Run(async (me, connection) =>
        {
            var head = await me.HeadAsync(connection);
            var name = head[(head.IndexOf('/', StringComparison.Ordinal) + 1)..head.IndexOf(" HTTP", StringComparison.Ordinal)];
            await connection.SendAsync(cases[name].Bytes);
        });
        await using var gateway = await ToAsync(upstream.Port);
        var wrong = new List<string>();
        foreach (var answer in cases.Values.Where(c => c.Request is not "CONNECT"))
        {
            await using var client = await gateway.ConnectAsync();
            await client.SendAsync($"{answer.Request} /{answer.Name} HTTP/1.1\r\nHost: app.test\r\nConnection: close\r\n\r\n");
            var got = await client.ReadToEndAsync();
            var record = await gateway.NextRecordAsync();

            // Refused and cut answers end in an error or are broken off; the record knows which.
            var right = answer.IsAccepted
                ? (record.Reason == FailureReason.None && got.Contains($"HTTP/1.1 {answer.Expected.Split(' ')[1]} ", StringComparison.Ordinal))
                    || answer.Expected.Contains("switch", StringComparison.Ordinal)
                    || answer.Expected.StartsWith("accepted 1", StringComparison.Ordinal)
                : record.Reason != FailureReason.None && (got.StartsWith("HTTP/1.1 502", StringComparison.Ordinal) || record.Reason == FailureReason.UpstreamBodyTruncated);
            if (!right)
            {
                wrong.Add($"{answer}: {answer.Expected} → {record.Reason}, {got.Split('\r')[0]}");
            }
        }

        Assert.Empty(wrong);
    }

    private Task<RunningGateway> ToAsync(int port) => RunningGateway.ToAsync([port], options =>
    {
        options.Transport = transport;
        options.Loops = 1;
    });

    public sealed class OnLoops() : LoopCorpusTests(GatewayTransport.Loops);

    public sealed class OnFramework() : LoopCorpusTests(GatewayTransport.Framework);
}
