using System.Text;
using Banyan.Testing.Corpus;
using Banyan.Wire.Http1;
using Banyan.Wire.Tests.Support;
using Xunit.Abstractions;

namespace Banyan.Wire.Tests;

/// <summary>Messages of the corpus, broken and mixed at random: whatever comes, there is a verdict, and it is the same however the bytes are cut.</summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const int Rounds = 30_000;

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

    private static readonly CorpusCase[] Cases = [.. CorpusReader.ReadAll().Where(c => c.Bytes.Length < 2000)];

    [Theory]
    [InlineData(20_260_101)]
    [InlineData(4711)]
    public void Broken_messages_get_the_same_verdict_however_they_are_cut(int seed)
    {
        output.WriteLine($"seed {seed}, {Rounds} rounds");
        var random = new Random(seed);
        var verdicts = new Dictionary<string, int>();
        for (var round = 0; round < Rounds; round++)
        {
            var origin = Cases[random.Next(Cases.Length)];
            var bytes = Mutate(random, origin.Bytes);
            var whole = MessageReading.Of(origin.Request, bytes);
            int[] cuts = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => random.Next(bytes.Length + 1)).Order()];

            Assert.True(whole == MessageReading.Of(origin.Request, bytes, cuts), Describe(origin, bytes, whole, cuts));
            if (bytes.Length < 300)
            {
                cuts = [.. Enumerable.Range(0, bytes.Length)];
                Assert.True(whole == MessageReading.Of(origin.Request, bytes, cuts), Describe(origin, bytes, whole, []));
            }

            var verdict = whole.StartsWith("accepted", StringComparison.Ordinal) ? "accepted" : whole;
            verdicts[verdict] = verdicts.GetValueOrDefault(verdict) + 1;
        }

        // A fuzzer that only sees one gate is none.
        Assert.True(verdicts.Count > 45, $"only {verdicts.Count} kinds of verdicts: {string.Join(", ", verdicts.Keys)}");
        Assert.True(verdicts["accepted"] > Rounds / 20, $"only {verdicts["accepted"]} accepted");
    }

    [Fact]
    public void Parsers_do_not_look_beyond_the_bytes_given()
    {
        const int Room = 64;
        var random = new Random(99);
        var first = new RequestHead();
        var second = new RequestHead();
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = Mutate(random, Cases[random.Next(Cases.Length)].Bytes);
            bytes = bytes[..random.Next(bytes.Length + 1)];
            var zeros = new byte[bytes.Length + (2 * Room)];
            var others = new byte[bytes.Length + (2 * Room)];
            for (var i = 0; i < Room; i++)
            {
                others[i] = others[^(i + 1)] = "\r\n: a0"u8[random.Next(6)];
            }

            bytes.CopyTo(zeros, Room);
            bytes.CopyTo(others, Room);
            first.Reset();
            second.Reset();

            Assert.Equal(
                (RequestParser.Parse(zeros.AsSpan(Room, bytes.Length), first, HeadLimits.Default), first.Fault, first.Length, first.Fields.Count, first.Framing),
                (RequestParser.Parse(others.AsSpan(Room, bytes.Length), second, HeadLimits.Default), second.Fault, second.Length, second.Fields.Count, second.Framing));
        }
    }

    private static byte[] Mutate(Random random, byte[] origin)
    {
        var bytes = origin.ToList();
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            var at = random.Next(bytes.Count + 1);
            switch (random.Next(7))
            {
                case 0 when at < bytes.Count:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1 when at < bytes.Count:
                    bytes.RemoveRange(at, Math.Min(bytes.Count - at, random.Next(1, 9)));
                    break;
                case 2:
                    var from = random.Next(bytes.Count + 1);
                    bytes.InsertRange(at, bytes.GetRange(from, Math.Min(bytes.Count - from, random.Next(1, 40))));
                    break;
                case 3:
                    var other = Cases[random.Next(Cases.Length)].Bytes;
                    bytes = [.. bytes.Take(at), .. other.Skip(random.Next(other.Length + 1))];
                    break;
                case 4 when at < bytes.Count:
                    bytes[at] ^= 0x20;
                    break;
                default:
                    bytes.InsertRange(at, Words[random.Next(Words.Length)]);
                    break;
            }
        }

        return [.. bytes];
    }

    private static string Describe(CorpusCase origin, byte[] bytes, string whole, int[] cuts) =>
        $"{origin}: whole: {whole}\ncut at [{string.Join(",", cuts)}]: {MessageReading.Of(origin.Request, bytes, cuts)}\n{Convert.ToHexString(bytes)}\n{Encoding.Latin1.GetString(bytes)}";
}
