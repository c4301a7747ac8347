using System.Buffers.Binary;

namespace Banyan.Wire.Http2.Hpack;

/// <summary>
/// The Huffman code of RFC 7541 appendix B. The code is canonical: its words follow from the lengths alone, and of each length they are consecutive numbers.
/// </summary>
internal static class Huffman
{
    // The shortest word has 5 bits, so a text grows to at most 8/5.
    private const int ShortestWord = 5;
    private const int LongestWord = 30;
    private const int QuickBits = 9;
    private const int EndOfString = 256;

    private static readonly uint[] Words = new uint[EndOfString + 1];

    // For words of up to nine bits, by the next nine bits: length and symbol. 0 where the word is longer.
    private static readonly ushort[] Quick = new ushort[1 << QuickBits];

    // Of each length: the first 64 bits that are beyond its words, its first word, and where its symbols begin in Symbols.
    private static readonly ulong[] Beyond = new ulong[LongestWord + 1];
    private static readonly uint[] FirstWord = new uint[LongestWord + 1];
    private static readonly int[] FirstSymbol = new int[LongestWord + 1];
    private static readonly ushort[] Symbols = new ushort[EndOfString + 1];

    static Huffman() => Fill();

    // The lengths of the words for 0 to 255 and the end of a string.
    private static ReadOnlySpan<byte> Lengths =>
    [
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
        6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
        13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
        15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
        20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
        22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
        26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
        20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
        30,
    ];

    /// <summary>How many bytes a text of this many coded bytes can have at most.</summary>
    public static int MaxDecoded(int coded) => ((coded * 8) + ShortestWord - 1) / ShortestWord;

    /// <summary>
    /// Decodes a text; -1 when it holds the end of a string, or ends in anything but up to seven bits of it (RFC 7541 section 5.2).
    /// </summary>
    /// <param name="coded">All of the coded text.</param>
    /// <param name="text">At least <see cref="MaxDecoded"/> bytes.</param>
    public static int Decode(ReadOnlySpan<byte> coded, Span<byte> text)
    {
        var bits = 0ul;
        var count = 0;
        var at = 0;
        var length = 0;
        while (true)
        {
            if (count < LongestWord && at < coded.Length)
            {
                Refill(coded, ref at, ref bits, ref count);
            }

            var quick = Quick[bits >> (64 - QuickBits)];
            int symbol = (byte)quick;
            var size = quick >> 8;
            if (size == 0)
            {
                size = QuickBits + 1;
                while (bits >= Beyond[size] && size < LongestWord)
                {
                    size++;
                }

                symbol = size > count ? 0 : Symbols[FirstSymbol[size] + (int)((bits >> (64 - size)) - FirstWord[size])];
            }

            if (size > count)
            {
                break;
            }

            if (symbol == EndOfString)
            {
                return -1;
            }

            text[length++] = (byte)symbol;
            bits <<= size;
            count -= size;
        }

        var padding = ulong.MaxValue << (64 - count);
        return count < 8 && (count == 0 || bits == padding) ? length : -1;
    }

    private static void Refill(ReadOnlySpan<byte> coded, ref int at, ref ulong bits, ref int count)
    {
        if (coded.Length - at >= sizeof(ulong))
        {
            // As many whole bytes as fit behind the bits that are there.
            var bytes = (64 - count) >> 3;
            var next = BinaryPrimitives.ReadUInt64BigEndian(coded[at..]) & (ulong.MaxValue << (64 - (bytes * 8)));
            bits |= next >> count;
            count += bytes * 8;
            at += bytes;
            return;
        }

        while (count <= 56 && at < coded.Length)
        {
            bits |= (ulong)coded[at++] << (56 - count);
            count += 8;
        }
    }

    /// <summary>Bytes the text has when it is coded.</summary>
    public static int CodedLength(ReadOnlySpan<byte> text)
    {
        var bits = 0;
        foreach (var value in text)
        {
            bits += Lengths[value];
        }

        return (bits + 7) >> 3;
    }

    /// <summary>Codes a text into exactly <see cref="CodedLength"/> bytes.</summary>
    public static void Encode(ReadOnlySpan<byte> text, Span<byte> coded)
    {
        var bits = 0ul;
        var count = 0;
        var at = 0;
        foreach (var value in text)
        {
            int size = Lengths[value];
            bits = (bits << size) | Words[value];
            count += size;
            while (count >= 8)
            {
                count -= 8;
                coded[at++] = (byte)(bits >> count);
            }
        }

        if (count > 0)
        {
            coded[at] = (byte)((bits << (8 - count)) | (0xffu >> count));
        }
    }

    private static void Fill()
    {
        var word = 0u;
        var place = 0;
        for (var size = ShortestWord; size <= LongestWord; size++)
        {
            FirstWord[size] = word;
            FirstSymbol[size] = place;
            for (var symbol = 0; symbol <= EndOfString; symbol++)
            {
                if (Lengths[symbol] == size)
                {
                    if (size <= QuickBits)
                    {
                        Quick.AsSpan((int)(word << (QuickBits - size)), 1 << (QuickBits - size)).Fill((ushort)((size << 8) | symbol));
                    }

                    Symbols[place++] = (ushort)symbol;
                    Words[symbol] = word++;
                }
            }

            // The last words are all ones: nothing is beyond them.
            Beyond[size] = word == 1u << size ? ulong.MaxValue : (ulong)word << (64 - size);
            word <<= 1;
        }
    }
}
