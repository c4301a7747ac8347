using Banyan.Wire.Http2;

namespace Banyan.Wire.Tests.Http2;

/// <summary>Clients that make work: each way ends with ENHANCE_YOUR_CALM when it goes on, and none does in honest use.</summary>
public sealed class Http2AbuseTests
{
    // One round of each attack; # stands for the round's stream.
    [Theory]
    [InlineData("rapid reset", "POST #; RST # 8", 501)]
    [InlineData("made you reset, by a window of 0", "POST #; WINDOW # 0", 417)]
    [InlineData("made you reset, by data after the end", "GET #; DATA # 1", 501)]
    [InlineData("made you reset, by a malformed request", "HEADERS # ES", 501)]
    [InlineData("made you reset, by a wrong size", "POST #; FRAME 2 0 # 00", 501)]
    [InlineData("settings", "SETTINGS 4=1", 477)]
    [InlineData("settings without any", "SETTINGS", 501)]
    [InlineData("ping", "PING", 501)]
    [InlineData("window updates", "WINDOW 0 1", 2501)]
    [InlineData("priority", "PRIORITY 1", 2501)]
    [InlineData("goaway", "GOAWAY 0 0", 2501)]
    [InlineData("unknown frames", "FRAME 200 0 0", 2501)]
    [InlineData("empty data", "DATA 1 0", 501)]
    [InlineData("data of padding only", "DATA 1 0 PAD 3", 501)]
    [InlineData("frames for streams that were reset", "POST #; reset #; RST # 8", 2501)]
    public void Attack_goingOn_endsTheConnection(string name, string round, int expectedRounds)
    {
        var server = new ServerScript();
        server.Play("POST 1");
        var rounds = 0;
        while (!server.Session.Failed && rounds < 5000)
        {
            rounds++;
            server.Log.Clear();
            server.Play(round.Replace("#", $"{1 + (2 * rounds)}", StringComparison.Ordinal));
        }

        Assert.True(server.Session.Failed, name);
        Assert.Equal(Http2ErrorCode.EnhanceYourCalm, server.Session.FailureCode);
        Assert.EndsWith("EnhanceYourCalm", server.Log.ToString(), StringComparison.Ordinal);
        Assert.Equal(expectedRounds, rounds);
    }

    [Theory]
    [InlineData("POST #; RST # 8", 40)]
    [InlineData("PING", 40)]
    [InlineData("GET #; answer #; write # 1 end; PING; WINDOW 0 1", 1)]
    public void Points_ofModestUse_fadeWithTime(string round, int milliseconds)
    {
        var server = new ServerScript();
        for (var i = 0; i < 3000; i++)
        {
            server.Log.Clear();
            server.Play(round.Replace("#", $"{1 + (2 * i)}", StringComparison.Ordinal) + $"; tick {milliseconds}");
        }

        Assert.False(server.Session.Failed);
        Assert.InRange(server.Session.Points, 0, 100);
    }

    [Fact]
    public void Answers_nobodyReads_endTheConnection()
    {
        var server = new ServerScript(new Http2Limits { MaxOutputBytes = 2000 });
        var ping = FrameScript.Frames("PING");
        for (var i = 0; i < 200 && !server.Session.Failed; i++)
        {
            server.Session.Receive(ping, 0);
        }

        Assert.True(server.Session.Failed);
        Assert.Equal(Http2ErrorCode.EnhanceYourCalm, server.Session.FailureCode);
        Assert.InRange(server.Session.Output.Length, 2000, 2200);
    }

    // Whatever comes, nothing is thrown, memory stays bounded, and streams end at most once.
    [Fact]
    public void Session_fedAnything_staysInItsBounds()
    {
        const int Seed = 911;
        var random = new Random(Seed);
        string[] steps =
        [
            "GET #", "POST #", "POST # 9", "DATA @ 5", "DATA @ 5 ES", "DATA @ 3 PAD 2", "TRAILERS @", "RST @ 8", "WINDOW @ 7", "WINDOW 0 9", "SETTINGS 4=20 1=0", "SETTINGS 4=70000 1=4096",
            "PING", "PRIORITY @", "HEADERS # NOEH get; CONT # a=b; CONT # EH", "HEADERS # ES get a=x*3000", "FRAME 88 0 @ 0102", "GOAWAY 0 0", "FRAME 6 1 0 62616e79616e0002",
        ];
        for (var round = 0; round < 400; round++)
        {
            var server = new ServerScript(new Http2Limits { MaxStreams = 5, OutputBytes = 300, MaxOutputBytes = 5000 });
            var next = 1;
            server.Log.TellsClosed = true;
            for (var step = 0; step < 80 && !server.Session.Failed; step++)
            {
                var bytes = FrameScript.Frames(steps[random.Next(steps.Length)]
                    .Replace("#", $"{next}", StringComparison.Ordinal)
                    .Replace("@", $"{1 + (2 * random.Next(0, 1 + (next / 2)))}", StringComparison.Ordinal));
                next += random.Next(3) == 0 ? 0 : 2;
                if (random.Next(40) == 0)
                {
                    bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                }

                for (var at = 0; at < bytes.Length;)
                {
                    var count = Math.Min(random.Next(1, 30), bytes.Length - at);
                    server.Session.Receive(bytes.AsSpan(at, count), step);
                    at += count;
                }

                foreach (var stream in server.Log.Streams.Values.ToArray())
                {
                    Answer(server.Session, stream, random);
                }

                if (random.Next(3) == 0)
                {
                    server.Session.Output.Sent(random.Next(server.Session.Output.Length + 1));
                    server.Session.Flush();
                }

                Assert.True(server.Session.StreamCount <= 5, $"seed {Seed}, round {round}");
                Assert.True(server.Session.Output.Length < 9000, $"seed {Seed}, round {round}");
            }

            server.Session.Abort();
            var heads = server.Log.ToString().Split("; ").Where(line => line.StartsWith("head ", StringComparison.Ordinal)).Select(line => line[5..]).Order();
            var closed = server.Log.ToString().Split("; ").Where(line => line.StartsWith("closed ", StringComparison.Ordinal)).Select(line => line[7..]).Order();
            Assert.True(heads.SequenceEqual(closed), $"seed {Seed}, round {round}: {server.Log}");
        }
    }

    // The heads of streams are one request, so a closed stream must be told once for each: 431 has no head.
    private static void Answer(Http2ServerSession session, Http2Stream stream, Random random)
    {
        switch (random.Next(6))
        {
            case 0 when !stream.LocalEnded && stream.Owner is null:
                stream.Owner = session;
                session.BeginHead(stream, 200);
                session.EndHead(random.Next(3) == 0);
                break;
            case 1 when !stream.LocalEnded && stream.Owner is not null:
                session.SendData(stream, new byte[random.Next(0, 600)], random.Next(3) == 0);
                break;
            case 2 when random.Next(5) == 0:
                session.Reset(stream, Http2ErrorCode.Cancel);
                break;
        }
    }
}
