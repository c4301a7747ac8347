using System.Text;
using Banyan.Testing.Corpus;
using Banyan.Wire.Tests.Support;

namespace Banyan.Wire.Tests.Fuzzing;

/// <summary>Messages of HTTP/1.1, beginning with the corpus.</summary>
internal sealed class MessageTarget : IFuzzTarget
{
    // What parsers fall over: ends, blanks, separators, signs, the words that frame.
    private static readonly byte[][] Words =
    [
        .. new[]
        {
            "\r\n", "\n", "\r", "\r\n\r\n", " ", "\t", "\0", "\v", "\f", "\u007f", "\u00a0", "\u00ff", ":", ",", ";", "=", "\"", "\\", "%", "%00", "%2f", "%2e", "..", "/", "//",
            "?", "#", "*", "@", "[", "]", "0", "1", "9", "f", "-", "+", "0x", "18446744073709551616", "7fffffffffffffff", "HTTP/1.1", "HTTP/1.0", "GET ", "POST ", "CONNECT ",
            "http://", "Host: a\r\n", "Content-Length: 1\r\n", "Transfer-Encoding: chunked\r\n", "Connection: close\r\n", "Connection: x\r\n", "Expect: 100-continue\r\n",
            "Upgrade: websocket\r\n", "TE: trailers\r\n", "chunked", "0\r\n\r\n", "1\r\nx\r\n", " HTTP/1.1\r\n", "X: y\r\n",
        }.Select(Encoding.Latin1.GetBytes),
    ];

    public static FuzzInput[] Seeds { get; } = [.. CorpusReader.ReadAll().Where(c => c.Bytes.Length < 2000).Select(c => new FuzzInput($"{c}", c.Request, c.Bytes))];

    public static FuzzInput Mutate(Random random, FuzzInput origin, IReadOnlyList<FuzzInput> pool) =>
        origin with { Bytes = ByteMutation.Mutate(random, origin.Bytes, Words, () => pool[random.Next(pool.Count)].Bytes) };

    public static string Read(FuzzInput input, params ReadOnlySpan<int> cuts) => MessageReading.Of(input.Request, input.Bytes, cuts);

    public static string KindOf(string outcome) => outcome.StartsWith("accepted", StringComparison.Ordinal) ? "accepted" : outcome;
}
