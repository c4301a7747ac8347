using System.Text;
using Banyan.Gateway.Mirrors;
using Banyan.Gateway.Tests.Exchanges;
using Banyan.Wire.Http1;

namespace Banyan.Gateway.Tests.Mirrors;

/// <summary>The end of an answer is found wherever its bytes are cut.</summary>
public sealed class MirrorAnswerTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", "Whole", true)]
    [InlineData("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", "Whole", true)]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc", "Whole", false)]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", "Whole", true)]
    [InlineData("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX: 1\r\n\r\n", "Whole", true)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc", "More", true)]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nabc", "More", false)]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n", "Broken", false)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-3\r\nabc\r\n", "Broken", true)]
    [InlineData("hello there, what is it?", "Broken", false)]
    public void Answer_reads_the_same_however_it_is_cut(string text, string reading, bool keepsAlive)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        for (var piece = 1; piece <= bytes.Length; piece++)
        {
            var answer = new MirrorAnswer(new ExchangeRig().Services);
            answer.Begin(KnownMethod.Get);
            var (at, last) = (0, MirrorReading.More);
            for (var end = piece; last == MirrorReading.More && at < bytes.Length; end = Math.Min(end + piece, bytes.Length))
            {
                last = answer.Read(bytes.AsSpan(at..end), out var used);
                at += used;
                if (end == bytes.Length)
                {
                    break;
                }
            }

            Assert.Equal((reading, keepsAlive), (last.ToString(), answer.KeepsAlive));
            Assert.True(last != MirrorReading.Whole || at == bytes.Length);
        }
    }

    [Fact]
    public void Answer_to_HEAD_has_no_body_and_one_object_reads_many()
    {
        var answer = new MirrorAnswer(new ExchangeRig().Services);
        foreach (var (method, rest) in new[] { (KnownMethod.Head, 3), (KnownMethod.Get, 0), (KnownMethod.Head, 3) })
        {
            answer.Begin(method);
            var bytes = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"u8;
            Assert.Equal(MirrorReading.Whole, answer.Read(bytes, out var used));
            Assert.Equal(bytes.Length - rest, used);
        }
    }

    [Fact]
    public void Answer_that_is_too_long_is_not_read_to_its_end()
    {
        var answer = new MirrorAnswer(new ExchangeRig().Services);
        answer.Begin(KnownMethod.Get);
        Assert.Equal(MirrorReading.More, answer.Read("HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n"u8, out _));
        Assert.Equal(MirrorReading.More, answer.Read(new byte[MirrorCopies.MostAnswer], out _));
        Assert.Equal(MirrorReading.Enough, answer.Read(new byte[1], out _));
    }
}
