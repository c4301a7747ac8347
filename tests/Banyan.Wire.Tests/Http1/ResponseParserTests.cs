using System.Text;
using Banyan.Testing;
using Banyan.Wire.Fields;
using Banyan.Wire.Http1;

namespace Banyan.Wire.Tests.Http1;

public sealed class ResponseParserTests
{
    private readonly ResponseHead _head = new();

    [Fact]
    public void Parse_ordinary_answer_gives_offsets_of_every_part()
    {
        var bytes = "HTTP/1.0 404 Not Found\r\nContent-Length: 3\r\nConnection: keep-alive, x-a\r\nX-A: 1\r\n\r\nabc"u8;

        Assert.Equal(ParseStatus.Complete, ResponseParser.Parse(bytes, _head, KnownMethod.Get, HeadLimits.Default));

        Assert.Equal((404, HttpRelease.Http10, BodyFraming.Length, 3L, true), (_head.Status, _head.Version, _head.Framing, _head.ContentLength, _head.KeepAlive));
        Assert.Equal("Not Found", Encoding.ASCII.GetString(_head.Reason.Of(bytes)));
        Assert.Equal("abc", Encoding.ASCII.GetString(bytes[_head.Length..]));
        Assert.Equal([false, true, true], Enumerable.Range(0, 3).Select(i => _head.Fields[i].IsHop));
        Assert.False(_head.IsSwitch);
        Assert.False(_head.IsInterim);
    }

    [Theory]
    [InlineData(100, true, false)]
    [InlineData(101, false, true)]
    [InlineData(103, true, false)]
    [InlineData(199, true, false)]
    [InlineData(200, false, false)]
    public void Interim_and_switching_answers_are_told_apart(int status, bool interim, bool switches)
    {
        Assert.Equal(ParseStatus.Complete, ResponseParser.Parse(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} x\r\n\r\n"), _head, KnownMethod.Get, HeadLimits.Default));

        Assert.Equal((interim, switches), (_head.IsInterim, _head.IsSwitch));
    }

    [Fact]
    public void Parse_of_a_second_answer_with_the_same_head_keeps_nothing_of_the_first()
    {
        ResponseParser.Parse("HTTP/1.0 101 x\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\nVia: x\r\n\r\n"u8, _head, KnownMethod.Get, HeadLimits.Default);

        Assert.Equal(ParseStatus.Complete, ResponseParser.Parse("HTTP/1.1 200\r\n\r\n"u8, _head, KnownMethod.Get, HeadLimits.Default));

        Assert.Equal((200, BodyFraming.UntilClose, -1L, false, 0), (_head.Status, _head.Framing, _head.ContentLength, _head.IsSwitch, _head.Fields.Count));
        Assert.True(_head.Reason.IsEmpty);
        Assert.False(_head.Fields.Has(FieldId.Via));
    }

    [Fact]
    public void Parse_after_a_fault_begins_anew()
    {
        Assert.Equal(ParseStatus.Refused, ResponseParser.Parse("HTTP/1.1 99 x\r\n\r\n"u8, _head, KnownMethod.Get, HeadLimits.Default));
        Assert.Equal(WireFault.StatusLineInvalid, _head.Fault);

        Assert.Equal(ParseStatus.Complete, ResponseParser.Parse("HTTP/1.1 204 x\r\n\r\n"u8, _head, KnownMethod.Get, HeadLimits.Default));
        Assert.Equal(WireFault.None, _head.Fault);
    }

    [Fact]
    public void Parse_allocates_nothing_once_warm()
    {
        var bytes = "HTTP/1.1 200 OK\r\nConnection: x-a\r\nX-A: 1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-B: 2\r\n\r\n"u8.ToArray();
        var trailers = new FieldTable();
        var destination = new byte[256];

        Assert.Equal(0, Allocations.InSteadyState(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                Exchange(bytes, trailers, destination);
            }
        }));
    }

    private void Exchange(ReadOnlySpan<byte> bytes, FieldTable trailers, Span<byte> destination)
    {
        Assert.True(ResponseParser.Parse(bytes, _head, KnownMethod.Get, HeadLimits.Default) == ParseStatus.Complete);
        var writer = new HeadWriter(destination);
        writer.StatusLine(_head.Status, _head.Reason.Of(bytes));
        writer.Fields(bytes, _head.Fields, default);
        ViaField.Write(ref writer, bytes, _head.Fields, "1.1"u8, "gw"u8);
        writer.End();
        Assert.False(writer.Overflowed);
        var body = bytes[_head.Length..];
        var decoder = new ChunkedDecoder(ChunkLimits.Default);
        Assert.True(decoder.Read(body, trailers, out var consumed, out _) == ChunkStep.Data);
        body = body[consumed..];
        Assert.True(decoder.Read(body, trailers, out _, out _) == ChunkStep.End);
        Assert.True(ChunkedWriter.TryWriteEnd(destination, body, trailers, out _));
    }
}
