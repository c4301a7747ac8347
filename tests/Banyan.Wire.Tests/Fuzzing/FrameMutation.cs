using Banyan.Wire.Http2;
using Banyan.Wire.Tests.Http2;

namespace Banyan.Wire.Tests.Fuzzing;

/// <summary>Breaks frames in one to three places. Mostly the frames' lengths are right afterwards, since a wrong one ends the connection before anything else can happen.</summary>
internal static class FrameMutation
{
    // Pieces of field blocks and settings: indexed, remembered, resized, without end, names with rules of their own.
    private static readonly byte[][] Words =
    [
        .. new[]
        {
            "82", "86", "84", "88", "be", "c0", "ff", "ff00", "ffffffffff7f", "20", "3f00", "3fe11f", "3fe21f", "4001610162", "0001610162", "1001610162", "40820000", "408fffffffff",
            "0f0003313233", "5c0131", "5c023131", "000a", "7f", "00000000", "7fffffff", "ffffffff", "00000001", "0003", "0004", "0005", "00010000", "000400000000",
        }.Select(Convert.FromHexString),
        .. new[]
        {
            ":method=GET", ":path=/", ":scheme=http", ":authority=a", ":protocol=websocket", ":method=CONNECT", ":status=200", ":status=103", "host=a", "content-length=1",
            "transfer-encoding=chunked", "te=trailers", "te=gzip", "connection=close", "expect=100-continue", "cookie=a", "cookie=b", "Upper=1", "a=%00", "a=%0d%0ax:y", "a=%20b", "%20=1",
        }.Select(field => FrameScript.Frames($"CONT 1 {field}")[FrameHeader.Size..]),
    ];

    /// <summary>Changes payloads, flags, types and streams; removes, repeats and moves frames, and takes some of another input.</summary>
    public static byte[] Mutate(Random random, byte[] origin, Func<byte[]> another)
    {
        var frames = Frames(origin);
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            var at = random.Next(frames.Count + 1);
            switch (random.Next(10))
            {
                case 0 when at < frames.Count:
                    frames.RemoveAt(at);
                    break;
                case 1 when frames.Count > 0:
                    frames.Insert(at, frames[random.Next(frames.Count)]);
                    break;
                case 2:
                    var others = Frames(another());
                    var from = random.Next(others.Count + 1);
                    frames.InsertRange(at, others[from..random.Next(from, others.Count + 1)]);
                    break;
                case 3 when at < frames.Count:
                    frames[at] = frames[at] with { Flags = (byte)(frames[at].Flags ^ (1 << random.Next(6))) };
                    break;
                case 4 when at < frames.Count:
                    frames[at] = frames[at] with { Type = (byte)random.Next(11) };
                    break;
                case 5 when at < frames.Count:
                    frames[at] = frames[at] with { Stream = random.Next(10) };
                    break;
                default:
                    if (at < frames.Count)
                    {
                        frames[at] = frames[at] with { Payload = ByteMutation.Mutate(random, frames[at].Payload, Words, another) };
                    }

                    break;
            }
        }

        byte[] bytes = [.. frames.SelectMany(frame => FrameScript.Frame(frame.Type, frame.Flags, frame.Stream, frame.Payload))];
        return random.Next(20) == 0 ? ByteMutation.Mutate(random, bytes, Words, another) : bytes;
    }

    // What is no whole frame at the end is left out.
    private static List<RawFrame> Frames(byte[] bytes)
    {
        var frames = new List<RawFrame>();
        for (var at = 0; at + FrameHeader.Size <= bytes.Length;)
        {
            var header = FrameHeader.Read(bytes.AsSpan(at));
            at += FrameHeader.Size;
            if (header.Length > bytes.Length - at)
            {
                break;
            }

            frames.Add(new RawFrame((byte)header.Type, header.Flags, header.StreamId, bytes[at..(at + header.Length)]));
            at += header.Length;
        }

        return frames;
    }

    private readonly record struct RawFrame(byte Type, byte Flags, int Stream, byte[] Payload);
}
