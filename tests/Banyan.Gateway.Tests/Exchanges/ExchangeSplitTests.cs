using System.Globalization;
using System.Text;
using Banyan.Gateway.Exchanges;
using Banyan.Gateway.Failures;

namespace Banyan.Gateway.Tests.Exchanges;

/// <summary>How bytes are cut on their way, and in what order sides are heard, changes nothing about what is said.</summary>
public sealed class ExchangeSplitTests
{
    private static readonly (string Request, string Answer)[] Conversation =
    [
        ("GET /1?q HTTP/1.1\r\nHost: app.test\r\nCookie: a=1\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 5\r\n\r\nhello"),
        ("POST /2 HTTP/1.1\r\nHost: app.test\r\nContent-Length: 6\r\n\r\nupload", "HTTP/1.1 201 Created\r\nDate: D\r\nContent-Length: 0\r\n\r\n"),
        ("POST /3 HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4;e=\"x\"\r\ndefg\r\n0\r\nX-T: 1\r\n\r\n", "HTTP/1.1 200 OK\r\nDate: D\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nABC\r\n4\r\nDEFG\r\n0\r\nX-U: 2\r\n\r\n"),
        ("HEAD /4 HTTP/1.1\r\nHost: app.test\r\n\r\n", "HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 99\r\n\r\n"),
        ("POST /pay HTTP/1.1\r\nHost: app.test\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 4\r\n\r\npaid"),
        ("GET /5 HTTP/1.1\r\nHost: app.test\r\nConnection: close\r\n\r\n", "HTTP/1.1 304 Not Modified\r\nDate: D\r\nETag: \"e\"\r\n\r\n"),
    ];

    private static string AllRequests => string.Concat(Conversation.Select(c => c.Request));

    [Fact]
    public void Every_cut_of_the_clients_bytes_gives_the_same_conversation()
    {
        var whole = Talk(new ExchangeRig(hasUnused: true), [AllRequests], static answer => [answer]);
        Assert.Equal(Conversation.Length, whole.Records.Count);
        Assert.All(whole.Records, record => Assert.Equal(FailureReason.None, record.Reason));
        for (var cut = 1; cut < AllRequests.Length; cut++)
        {
            AssertSame(whole, Talk(new ExchangeRig(hasUnused: true), [AllRequests[..cut], AllRequests[cut..]], static answer => [answer]), cut);
        }

        AssertSame(whole, Talk(new ExchangeRig(hasUnused: true), [.. AllRequests.Select(c => c.ToString())], static answer => [answer]), -1);
    }

    [Fact]
    public void Every_cut_of_the_instances_bytes_gives_the_same_conversation()
    {
        var whole = Talk(new ExchangeRig(hasUnused: true), [AllRequests], static answer => [answer]);
        for (var cut = 1; cut < Conversation.Max(c => c.Answer.Length); cut++)
        {
            var at = cut;
            AssertSame(whole, Talk(new ExchangeRig(hasUnused: true), [AllRequests], answer => [answer[..Math.Min(at, answer.Length)], answer[Math.Min(at, answer.Length)..]]), cut);
        }

        AssertSame(whole, Talk(new ExchangeRig(hasUnused: true), [AllRequests], static answer => [.. answer.Select(c => c.ToString())]), -1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_happens_in_whatever_order_each_request_has_one_end(int seed)
    {
        for (var run = 0; run < 2000; run++)
        {
            var random = new Random((seed * 10_000) + run);
            var rig = new ExchangeRig();
            var requests = AllRequests;
            var sent = 0;
            var answered = 0;
            var answer = string.Empty;
            var deadline = 400;
            while (!rig.Transport.IsClosed && deadline-- > 0)
            {
                rig.Transport.HasUnused = random.Next(2) == 0;
                switch (random.Next(12))
                {
                    case < 5 when sent < requests.Length:
                        var length = random.Next(1, Math.Min(requests.Length - sent, 60) + 1);
                        rig.Client(requests.Substring(sent, length));
                        sent += length;
                        break;
                    case < 9 when rig.Exchange.Phase == ExchangePhase.Opening:
                        _ = random.Next(5) > 0 ? rig.Opened() : rig.Refused();
                        break;
                    case < 9 when rig.Exchange.WantsUpstream:
                        answer = answer.Length > 0 ? answer : Conversation[Math.Min(answered++, Conversation.Length - 1)].Answer;
                        var piece = random.Next(1, answer.Length + 1);
                        rig.Upstream(answer[..piece]);
                        answer = rig.Transport.HasUpstream ? answer[piece..] : string.Empty;
                        break;
                    case 9 when rig.Exchange.WantsUpstream && random.Next(3) == 0:
                        rig.UpstreamEnds(broken: random.Next(2) == 0);
                        answer = string.Empty;
                        break;
                    case 10 when rig.Exchange.Phase is not ExchangePhase.Closed && random.Next(6) == 0:
                        rig.TimePasses();
                        answer = string.Empty;
                        break;
                    case 11 when random.Next(20) == 0:
                        _ = random.Next(4) switch
                        {
                            0 => Do(rig.Exchange.OnClientGone),
                            1 when rig.Exchange.WantsClient => Do(rig.Exchange.OnClientEnd),
                            2 => Do(() => rig.Exchange.OnDrain()),
                            _ => Do(rig.Exchange.OnCut),
                        };
                        rig.Settle();
                        break;
                }
            }

            rig.Exchange.OnCut();
            rig.Settle();
            var context = $"seed {seed}, run {run}: {string.Join(", ", rig.Transport.Calls)}";
            Assert.False(rig.Transport.HasUpstream, context);
            Assert.Equal(ExchangePhase.Closed, rig.Exchange.Phase);
            Assert.All(rig.Clusters.Get(new("default", "app")).Members, member => Assert.Equal(0, member.Endpoint.Active));

            // No request that may not run twice is at instances twice, and there are never more ends than beginnings.
            Assert.True(rig.Transport.ToUpstream.Count(text => text.StartsWith("POST /pay ", StringComparison.Ordinal)) <= 1, context);
            Assert.True(rig.Records.Count <= Conversation.Length, context);
            Assert.Equal(rig.Records.Count, rig.Records.Select(record => record.Path + record.Method).Distinct().Count());
        }
    }

    private static bool Do(Action action)
    {
        action();
        return true;
    }

    // Feeds the pieces in turn; whenever a request waits for an answer, its instance gives it, cut as asked for.
    private static ExchangeRig Talk(ExchangeRig rig, string[] client, Func<string, string[]> cut)
    {
        var next = 0;
        foreach (var piece in client)
        {
            rig.Client(piece);
            while (next < Conversation.Length && rig.Exchange.WantsUpstream && !rig.Exchange.WantsClient)
            {
                foreach (var part in cut(Conversation[next++].Answer).Where(part => part.Length > 0))
                {
                    rig.Upstream(part);
                }
            }
        }

        return rig;
    }

    private static void AssertSame(ExchangeRig expected, ExchangeRig actual, int cut)
    {
        var context = cut.ToString(CultureInfo.InvariantCulture);
        Assert.Equal((context, Joined(expected.Transport.ToClient)), (context, Joined(actual.Transport.ToClient)));
        Assert.Equal(expected.Transport.Calls, actual.Transport.Calls);
        Assert.Equal(
            expected.Transport.ToUpstream.Select(text => Joined(expected.Steady(text))),
            actual.Transport.ToUpstream.Select(text => Joined(actual.Steady(text))));
    }

    // Chunks follow the pieces that came, which is right; for comparing, each run of chunks is made one.
    private static string Joined(string text)
    {
        var result = new StringBuilder();
        for (var at = 0; ;)
        {
            var head = text.IndexOf("Transfer-Encoding: chunked", at, StringComparison.Ordinal);
            if (head < 0)
            {
                return result.Append(text, at, text.Length - at).ToString();
            }

            var body = text.IndexOf("\r\n\r\n", head, StringComparison.Ordinal) + 4;
            result.Append(text, at, body - at);
            for (at = body; text[at] != '0';)
            {
                var line = text.IndexOf("\r\n", at, StringComparison.Ordinal);
                var size = int.Parse(text.AsSpan(at, line - at), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                result.Append(text, line + 2, size);
                at = line + 2 + size + 2;
            }
        }
    }
}
