using System.Text;
using Banyan.Wire.Http2;
using Banyan.Wire.Http2.Hpack;

namespace Banyan.Wire.Tests.Http2;

public sealed class HpackDecoderTests
{
    // RFC 7541 appendix C.2 to C.4: blocks of one connection, what they mean, and the size of the table afterwards.
    [Theory]
    [InlineData("c.2.1 literal, remembered", "400a637573746f6d2d6b65790d637573746f6d2d686561646572", "custom-key: custom-header", 55)]
    [InlineData("c.2.2 literal, not remembered", "040c2f73616d706c652f70617468", ":path: /sample/path", 0)]
    [InlineData("c.2.3 literal, never remembered", "100870617373776f726406736563726574", "password: secret", 0)]
    [InlineData("c.2.4 indexed", "82", ":method: GET", 0)]
    [InlineData(
        "c.3 requests without Huffman",
        "828684410f7777772e6578616d706c652e636f6d 828684be58086e6f2d6361636865 828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565",
        ":method: GET|:scheme: http|:path: /|:authority: www.example.com / :method: GET|:scheme: http|:path: /|:authority: www.example.com|cache-control: no-cache"
            + " / :method: GET|:scheme: https|:path: /index.html|:authority: www.example.com|custom-key: custom-value",
        164)]
    [InlineData(
        "c.4 requests with Huffman",
        "828684418cf1e3c2e5f23a6ba0ab90f4ff 828684be5886a8eb10649cbf 828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf",
        ":method: GET|:scheme: http|:path: /|:authority: www.example.com / :method: GET|:scheme: http|:path: /|:authority: www.example.com|cache-control: no-cache"
            + " / :method: GET|:scheme: https|:path: /index.html|:authority: www.example.com|custom-key: custom-value",
        164)]
    public void Block_ofTheSpecification_meansWhatItSays(string name, string blocks, string expected, int tableSize)
    {
        var decoder = new HpackDecoder(4096);
        var heads = blocks.Split(' ').Select(block => Decode(decoder, block));
        Assert.True(expected == string.Join(" / ", heads), name);
        Assert.Equal(tableSize, decoder.Table.Size);
    }

    // RFC 7541 appendix C.5 and C.6: a table of 256 bytes, so that fields are pushed out.
    [Theory]
    [InlineData(
        "4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d"
            + " 4803333037c1c0bf"
            + " 88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b48514b425a584f5157454f5049"
            + "5541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31")]
    [InlineData(
        "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3"
            + " 4883640effc1c0bf"
            + " 88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f"
            + "9587316065c003ed4ee5b1063d5007")]
    public void Block_ofTheSpecification_pushesOutTheOldest(string blocks)
    {
        var decoder = new HpackDecoder(256);
        var heads = blocks.Split(' ').Select(block => Decode(decoder, block)).ToArray();
        Assert.Equal(":status: 302|cache-control: private|date: Mon, 21 Oct 2013 20:13:21 GMT|location: https://www.example.com", heads[0]);
        Assert.Equal(":status: 307|cache-control: private|date: Mon, 21 Oct 2013 20:13:21 GMT|location: https://www.example.com", heads[1]);
        Assert.Equal(
            ":status: 200|cache-control: private|date: Mon, 21 Oct 2013 20:13:22 GMT|location: https://www.example.com|content-encoding: gzip"
            + "|set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1",
            heads[2]);
        Assert.Equal(215, decoder.Table.Size);
        Assert.Equal(3, decoder.Table.Count);
    }

    [Theory]
    [InlineData("80", "index 0")]
    [InlineData("be", "an index beyond the table")]
    [InlineData("ff80808080808001", "an index of too many bytes")]
    [InlineData("ffffffffff7f", "an index beyond 2^28")]
    [InlineData("ff", "an index that is cut")]
    [InlineData("7f00", "a name's index beyond the table")]
    [InlineData("4003616263", "no value")]
    [InlineData("400361", "a name that is cut")]
    [InlineData("400161056162", "a value that is cut")]
    [InlineData("40", "no name")]
    [InlineData("40016182ffff", "a value with wrong padding")]
    [InlineData("3fe21f", "a table of 4097 bytes")]
    [InlineData("823f00", "a change of the table behind a field")]
    [InlineData("00", "nothing behind the prefix")]
    public void Block_thatIsBroken_isRefused(string block, string why)
    {
        var head = new Http2Head();
        Assert.False(new HpackDecoder(4096).TryDecode(Convert.FromHexString(block), head), why);
    }

    [Fact]
    public void Table_resizedToNothingAndBack_isEmptyAndWorks()
    {
        var decoder = new HpackDecoder(4096);
        Decode(decoder, "400161016240016301 64".Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal(2, decoder.Table.Count);
        Assert.Equal("e: f", Decode(decoder, "203fe11f4001650166"));
        Assert.Equal(1, decoder.Table.Count);
        Assert.Equal(4096, decoder.Table.MaxSize);
        Assert.Equal("e: f", Decode(decoder, "be"));
    }

    [Fact]
    public void Field_largerThanTheTable_emptiesIt()
    {
        var decoder = new HpackDecoder(64);
        Decode(decoder, "4001610162");
        var large = $"40026161{40:x2}{Convert.ToHexString(new byte[40])}";
        Assert.False(string.IsNullOrEmpty(Decode(decoder, large)));
        Assert.Equal(0, decoder.Table.Count);
        Assert.Equal(0, decoder.Table.Size);
    }

    // One byte stands for four thousand: what is decoded stays within the limit, whatever the block says.
    [Fact]
    public void Bomb_ofIndexedFields_staysWithinItsLimit()
    {
        var decoder = new HpackDecoder(4096);
        var head = new Http2Head();
        var limits = new Http2Limits { MaxHeadBytes = 16 * 1024, MaxFields = 1000 };
        head.Use(limits);
        var value = new byte[4000];
        value.AsSpan().Fill((byte)'a');
        byte[] seed = [0x40, 1, (byte)'a', 0x7f, 0xa1, 0x1e, .. value];
        Assert.True(decoder.TryDecode(seed, head));
        var bomb = new byte[60_000];
        bomb.AsSpan().Fill(0xbe);
        Assert.True(decoder.TryDecode(bomb, head));
        Assert.True(head.TooLarge);
        Assert.Equal(4, head.Fields.Count);
        Assert.True(head.Length <= 16 * 1024);
    }

    [Fact]
    public void Decoder_fedAnything_endsAndKeepsItsTableSmall()
    {
        const int Seed = 75417;
        var random = new Random(Seed);
        for (var round = 0; round < 3000; round++)
        {
            var decoder = new HpackDecoder(random.Next(0, 4097));
            var head = new Http2Head();
            for (var block = 0; block < 4; block++)
            {
                var bytes = new byte[random.Next(0, 200)];
                random.NextBytes(bytes);
                decoder.TryDecode(bytes, head);
                Assert.True(decoder.Table.Size <= 4096, $"seed {Seed}, round {round}");
            }
        }
    }

    internal static string Decode(HpackDecoder decoder, string block)
    {
        var head = new Http2Head();
        return decoder.TryDecode(Convert.FromHexString(block), head) ? Describe(head) : "refused";
    }

    // Pseudo-fields in the order of the examples, then the fields.
    internal static string Describe(Http2Head head)
    {
        var bytes = head.Bytes.ToArray();
        var parts = new List<string>();
        void Add(string name, Slice value)
        {
            if (!value.IsEmpty)
            {
                parts.Add($"{name}: {Encoding.Latin1.GetString(value.Of(bytes))}");
            }
        }

        Add(":status", head.StatusText);
        Add(":method", head.Method);
        Add(":scheme", head.Scheme);
        Add(":path", head.Path);
        Add(":authority", head.Authority);
        Add(":protocol", head.Protocol);
        for (var i = 0; i < head.Fields.Count; i++)
        {
            parts.Add($"{Encoding.Latin1.GetString(head.Fields[i].Name.Of(bytes))}: {Encoding.Latin1.GetString(head.Fields[i].Value.Of(bytes))}");
        }

        return string.Join('|', parts);
    }
}
