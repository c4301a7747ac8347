using System.Text;
using Banyan.Wire.Fields;
using Banyan.Wire.Http1;
using FsCheck;
using FsCheck.Fluent;

namespace Banyan.Wire.Tests.Http1;

public sealed class ChunkedTests
{
    [Fact]
    public void Chunks_written_are_read_as_the_same_data_under_any_cut()
    {
        var pieces = Gen.ListOf(Gen.NonEmptyListOf(Gen.Choose(0, 255).Select(b => (byte)b)).Select(list => list.ToArray()));
        var cuts = Gen.ListOf(Gen.Choose(0, 10_000));
        Prop.ForAll(Arb.From(pieces.Zip(cuts, (p, c) => (Pieces: p.ToArray(), Cuts: c.ToArray()))), given =>
        {
            var coded = Write(given.Pieces);

            Assert.Equal(given.Pieces.SelectMany(piece => piece), Read(coded, [.. given.Cuts.Select(cut => cut % (coded.Length + 1)).Order()]));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithReplay(4711, 3));
    }

    [Theory]
    [InlineData(1, "1\r\n")]
    [InlineData(255, "ff\r\n")]
    [InlineData(long.MaxValue, "7fffffffffffffff\r\n")]
    public void WriteHead_writes_the_size(long size, string expected)
    {
        Span<byte> head = stackalloc byte[ChunkedWriter.MaxHeadLength];

        Assert.Equal(expected, Encoding.ASCII.GetString(head[..ChunkedWriter.WriteHead(head, size)]));
    }

    [Fact]
    public void WriteHead_refuses_what_would_end_the_body()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ChunkedWriter.WriteHead(new byte[18], 0));
        Assert.Throws<ArgumentException>(() => ChunkedWriter.WriteHead(new byte[2], 0x1000));
    }

    [Fact]
    public void TryWriteEnd_passes_on_what_may_be_passed_on()
    {
        var bytes = "0\r\nX-A:  1\r\nCookie: a\r\ngrpc-status: 0\r\n\r\n"u8;
        var decoder = new ChunkedDecoder(ChunkLimits.Default);
        var trailers = new FieldTable();
        Assert.Equal(ChunkStep.End, decoder.Read(bytes, trailers, out var consumed, out _));
        Assert.Equal(bytes.Length, consumed);
        Assert.True(decoder.IsEnded);

        var end = new byte[64];
        Assert.True(ChunkedWriter.TryWriteEnd(end, bytes, trailers, out var written));
        Assert.Equal("0\r\nX-A: 1\r\ngrpc-status: 0\r\n\r\n", Encoding.ASCII.GetString(end, 0, written));
        Assert.False(ChunkedWriter.TryWriteEnd(end.AsSpan(0, written - 1), bytes, trailers, out written));
        Assert.Equal(0, written);
    }

    [Fact]
    public void Read_after_the_end_or_a_fault_says_the_same_again()
    {
        var trailers = new FieldTable();
        var ended = new ChunkedDecoder(ChunkLimits.Default);
        Assert.Equal(ChunkStep.End, ended.Read("0\r\n\r\n"u8, trailers, out _, out _));
        Assert.Equal(ChunkStep.End, ended.Read("GET /"u8, trailers, out var consumed, out _));
        Assert.Equal(0, consumed);

        var refused = new ChunkedDecoder(ChunkLimits.Default);
        Assert.Equal(ChunkStep.Refused, refused.Read("x"u8, trailers, out _, out _));
        Assert.Equal(ChunkStep.Refused, refused.Read("0\r\n\r\n"u8, trailers, out _, out _));
        Assert.Equal(ChunkStep.Refused, refused.Read(default, trailers, out _, out _));
        Assert.Equal(WireFault.ChunkSizeInvalid, refused.Fault);
    }

    [Fact]
    public void Read_gives_data_in_place_and_counts_it()
    {
        var trailers = new FieldTable();
        var decoder = new ChunkedDecoder(ChunkLimits.Default);

        Assert.Equal(ChunkStep.Data, decoder.Read("a\r\n01234"u8, trailers, out var consumed, out var data));
        Assert.Equal((8, new Slice(3, 5), 5L), (consumed, data, decoder.DataBytes));
        Assert.Equal(ChunkStep.Data, decoder.Read("56789\r\n0\r\n"u8, trailers, out consumed, out data));
        Assert.Equal((5, new Slice(0, 5), 10L), (consumed, data, decoder.DataBytes));
        Assert.Equal(ChunkStep.NeedMore, decoder.Read("\r\n0\r\n"u8, trailers, out consumed, out data));
        Assert.Equal((5, default(Slice)), (consumed, data));
    }

    private static byte[] Write(byte[][] pieces)
    {
        var coded = new MemoryStream();
        var head = new byte[ChunkedWriter.MaxHeadLength];
        foreach (var piece in pieces)
        {
            coded.Write(head, 0, ChunkedWriter.WriteHead(head, piece.Length));
            coded.Write(piece);
            coded.Write(ChunkedWriter.DataEnd);
        }

        coded.Write(ChunkedWriter.End);
        return coded.ToArray();
    }

    private static List<byte> Read(byte[] coded, int[] cuts)
    {
        var decoder = new ChunkedDecoder(ChunkLimits.Default);
        var trailers = new FieldTable();
        var read = new List<byte>();
        var start = 0;
        foreach (var cut in cuts.Append(coded.Length))
        {
            while (true)
            {
                var bytes = coded.AsSpan(start, cut - start);
                var step = decoder.Read(bytes, trailers, out var consumed, out var data);
                read.AddRange(data.Of(bytes));
                start += consumed;
                if (step != ChunkStep.Data)
                {
                    Assert.Equal(decoder.IsEnded ? ChunkStep.End : ChunkStep.NeedMore, step);
                    break;
                }
            }
        }

        Assert.True(decoder.IsEnded);
        return read;
    }
}
