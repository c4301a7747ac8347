using System.Text;
using Banyan.Wire.Http2.Hpack;

namespace Banyan.Wire.Tests.Http2;

public sealed class HuffmanTests
{
    [Theory]
    [InlineData("f1e3c2e5f23a6ba0ab90f4ff", "www.example.com")]
    [InlineData("a8eb10649cbf", "no-cache")]
    [InlineData("25a849e95bb8e8b4bf", "custom-value")]
    [InlineData("d07abe941054d444a8200595040b8166e082a62d1bff", "Mon, 21 Oct 2013 20:13:21 GMT")]
    [InlineData("9d29ad171863c78f0b97c8e9ae82ae43d3", "https://www.example.com")]
    [InlineData("94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007", "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1")]
    public void Text_ofTheSpecification_isTheSameBothWays(string coded, string text)
    {
        Assert.Equal(text, Decode(Convert.FromHexString(coded)));
        var encoded = new byte[Huffman.CodedLength(Encoding.Latin1.GetBytes(text))];
        Huffman.Encode(Encoding.Latin1.GetBytes(text), encoded);
        Assert.Equal(coded, Convert.ToHexStringLower(encoded));
    }

    [Fact]
    public void EveryByte_codedAndDecoded_isTheSame()
    {
        var random = new Random(7541);
        for (var round = 0; round < 2000; round++)
        {
            var text = new byte[round < 256 ? 1 : random.Next(0, 300)];
            random.NextBytes(text);
            if (round < 256)
            {
                text[0] = (byte)round;
            }

            var coded = new byte[Huffman.CodedLength(text)];
            Huffman.Encode(text, coded);
            var decoded = new byte[Huffman.MaxDecoded(coded.Length)];
            Assert.Equal(text.Length, Huffman.Decode(coded, decoded));
            Assert.Equal(text, decoded[..text.Length]);
        }
    }

    [Theory]
    [InlineData("ffffffff", "the end of a string")]
    [InlineData("ff", "eight bits of padding")]
    [InlineData("f1e3c2e5f23a6ba0ab90f4ffff", "a byte of padding too many")]
    [InlineData("00", "padding of zeros: '0' and three bits of nothing")]
    [InlineData("a8eb10649cb0", "padding of zeros")]
    [InlineData("fe", "a word that is cut")]
    public void Text_thatIsBroken_isRefused(string coded, string why)
    {
        var text = new byte[64];
        Assert.True(Huffman.Decode(Convert.FromHexString(coded), text) == -1, why);
    }

    // The words at both ends of every length, as RFC 7541 appendix B has them.
    [Theory]
    [InlineData(48, "07")]
    [InlineData(116, "4f")]
    [InlineData(32, "53")]
    [InlineData(122, "f7")]
    [InlineData(38, "f8")]
    [InlineData(90, "fd")]
    [InlineData(33, "fe3f")]
    [InlineData(124, "ff9f")]
    [InlineData(35, "ffaf")]
    [InlineData(0, "ffc7")]
    [InlineData(126, "ffef")]
    [InlineData(94, "fff3")]
    [InlineData(60, "fff9")]
    [InlineData(123, "fffd")]
    [InlineData(92, "fffe1f")]
    [InlineData(128, "fffe6f")]
    [InlineData(153, "fffee7")]
    [InlineData(129, "ffff4b")]
    [InlineData(1, "ffffb1")]
    [InlineData(9, "ffffea")]
    [InlineData(199, "fffff67f")]
    [InlineData(192, "fffff83f")]
    [InlineData(203, "fffffbdf")]
    [InlineData(2, "fffffe2f")]
    [InlineData(10, "fffffff3")]
    [InlineData(255, "fffffbbf")]
    public void Byte_coded_isTheWordOfTheTable(int value, string coded)
    {
        var bytes = new byte[Huffman.CodedLength([(byte)value])];
        Huffman.Encode([(byte)value], bytes);
        Assert.Equal(coded, Convert.ToHexStringLower(bytes));
    }

    private static string Decode(byte[] coded)
    {
        var text = new byte[Huffman.MaxDecoded(coded.Length)];
        var length = Huffman.Decode(coded, text);
        return length < 0 ? "refused" : Encoding.Latin1.GetString(text, 0, length);
    }
}
