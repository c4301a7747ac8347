using System.Text;
using Banyan.Wire.Fields;
using Banyan.Wire.Http2;
using Banyan.Wire.Http2.Hpack;

namespace Banyan.Wire.Tests.Http2;

public sealed class HpackEncoderTests
{
    private static readonly string[] Names =
        ["content-type", "server", "x-request-id", "set-cookie", "authorization", "content-length", "cache-control", "date", "x", "grpc-status", "via", "etag"];

    [Fact]
    public void Field_seenAgain_isRememberedAndThenOneByte()
    {
        var encoder = new HpackEncoder(4096);
        var bytes = new byte[100];
        int Write() => encoder.Field(bytes, "server"u8, "banyan"u8, FieldId.Server);
        Assert.Equal([0x0f, 0x27, 6, .. "banyan"u8], bytes[..Write()]);
        Assert.Equal([0x76, 6, .. "banyan"u8], bytes[..Write()]);
        Assert.Equal([0xbe], bytes[..Write()]);
    }

    [Fact]
    public void Credentials_areNeverRemembered()
    {
        var encoder = new HpackEncoder(4096);
        var bytes = new byte[100];
        for (var i = 0; i < 4; i++)
        {
            var length = encoder.Field(bytes, "authorization"u8, "Basic abc"u8, FieldId.Authorization);
            Assert.Equal([0x1f, 8, 9, .. "Basic abc"u8], bytes[..length]);
        }
    }

    [Fact]
    public void Table_madeSmallerAndLarger_tellsBoth()
    {
        var encoder = new HpackEncoder(4096);
        var bytes = new byte[16];
        Assert.Equal(0, encoder.Begin(bytes));
        encoder.Resize(0);
        encoder.Resize(8192);
        Assert.Equal([0x20, 0x3f, 0xe1, 0x1f], bytes[..encoder.Begin(bytes)]);
        Assert.Equal(0, encoder.Begin(bytes));
        encoder.Resize(100);
        Assert.Equal([0x3f, 0x45], bytes[..encoder.Begin(bytes)]);
    }

    // Whatever is encoded is decoded the same, in step over a whole connection, with the table's size changing under way.
    [Fact]
    public void Heads_encodedAndDecoded_areTheSame()
    {
        const int Seed = 9113;
        var random = new Random(Seed);
        for (var connection = 0; connection < 40; connection++)
        {
            var encoder = new HpackEncoder(random.Next(0, 4097));
            var decoder = new HpackDecoder(4096);
            var head = new Http2Head();
            var block = new byte[64 * 1024];
            for (var round = 0; round < 60; round++)
            {
                if (random.Next(10) == 0)
                {
                    encoder.Resize(random.Next(0, 5000));
                }

                var at = encoder.Begin(block);
                var expected = new List<string>();
                for (var field = random.Next(0, 20); field > 0; field--)
                {
                    var name = Names[random.Next(Names.Length)];
                    var value = new string((char)('a' + random.Next(6)), random.Next(8) == 0 ? random.Next(3000) : random.Next(5));
                    at += encoder.Field(block.AsSpan(at), Encoding.ASCII.GetBytes(name), Encoding.ASCII.GetBytes(value), FieldNames.Identify(Encoding.ASCII.GetBytes(name)));
                    expected.Add($"{name}: {value}");
                }

                Assert.True(decoder.TryDecode(block.AsSpan(0, at), head), $"seed {Seed}, connection {connection}, round {round}");
                if (!head.TooLarge)
                {
                    Assert.Equal(string.Join('|', expected), HpackDecoderTests.Describe(head));
                }
            }
        }
    }
}
