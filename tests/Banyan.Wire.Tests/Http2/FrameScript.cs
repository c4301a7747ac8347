using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Banyan.Wire.Fields;
using Banyan.Wire.Http2;
using Banyan.Wire.Http2.Hpack;

namespace Banyan.Wire.Tests.Http2;

/// <summary>
/// Makes frames from lines as <c>GET 1; DATA 1 5 ES</c>. Steps are parted by ';', words by blanks; %XX stands for a byte in names and values.
/// <list type="bullet">
/// <item><c>GET id</c>, <c>POST id [length]</c>, <c>TRAILERS id</c>, <c>OK id [ES]</c>: usual heads</item>
/// <item><c>HEADERS id [ES] [NOEH] [PAD n] [PRIO] [name=value …]</c>, <c>CONT id [EH] [name=value …]</c></item>
/// <item><c>DATA id n [ES] [PAD n]</c>, <c>RST id code</c>, <c>WINDOW id n</c>, <c>SETTINGS [id=value …]</c>, <c>PING</c>, <c>GOAWAY last code</c></item>
/// <item><c>FRAME type flags id hex</c>, <c>BYTES hex</c>: anything</item>
/// </list>
/// </summary>
internal static class FrameScript
{
    private static readonly string[] Get = [":method=GET", ":scheme=http", ":path=/", ":authority=a.test"];
    private static readonly string[] Post = [":method=POST", ":scheme=http", ":path=/", ":authority=a.test"];

    /// <summary>Plays a script against a session: steps in upper case are frames of its peer, those in lower case what this side does. Flushed after each step.</summary>
    /// <param name="script">The steps.</param>
    /// <param name="log">The session's.</param>
    /// <param name="bytesAtOnce">Into portions of how many bytes the frames are split.</param>
    /// <param name="now">The session's time.</param>
    /// <param name="act">Does a step of this side, given in words.</param>
    /// <returns>What happened, and what was sent after each step.</returns>
    public static string Play(string script, SessionLog log, int bytesAtOnce, Func<long> now, Action<string[]> act)
    {
        foreach (var step in script.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (char.IsLower(step[0]))
            {
                act(step.Split(' '));
            }
            else
            {
                foreach (var part in Frames(step).Chunk(bytesAtOnce))
                {
                    log.Session.Receive(part, now());
                }
            }

            log.TakeOutput();
            log.Session.Flush();
            log.TakeOutput();
        }

        return log.ToString();
    }

    public static byte[] Frames(string script)
    {
        var bytes = new List<byte>();
        foreach (var step in script.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            bytes.AddRange(Step(step.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        }

        return [.. bytes];
    }

    public static byte[] Frame(int type, int flags, int id, params ReadOnlySpan<byte> payload)
    {
        var bytes = new byte[FrameHeader.Size + payload.Length];
        new FrameHeader(payload.Length, (FrameType)type, (byte)flags, id).Write(bytes);
        payload.CopyTo(bytes.AsSpan(FrameHeader.Size));
        return bytes;
    }

    private static byte[] Step(string[] words)
    {
        int Number(int at) => int.Parse(words[at], CultureInfo.InvariantCulture);
        return words[0] switch
        {
            "GET" => Frame(1, 5, Number(1), Block(Get)),
            "POST" => Frame(1, 4, Number(1), Block(words.Length > 2 ? [.. Post, $"content-length={words[2]}"] : Post)),
            "OK" => Frame(1, words.Contains("ES") ? 5 : 4, Number(1), Block([":status=200"])),
            "TRAILERS" => Frame(1, 5, Number(1), Block(["x-sum=1"])),
            "HEADERS" => Headers(words, Number(1)),
            "CONT" => Frame(9, words.Contains("EH") ? 4 : 0, Number(1), Block([.. words[2..].Where(word => word != "EH")])),
            "DATA" => Data(words, Number(1), Number(2)),
            "PRIORITY" => Frame(2, 0, Number(1), new byte[5]),
            "RST" => Frame(3, 0, Number(1), Big(uint.Parse(words[2], CultureInfo.InvariantCulture))),
            "SETTINGS" => Frame(4, 0, 0, [.. words[1..].SelectMany(Setting)]),
            "SETTINGSACK" => Frame(4, 1, 0),
            "PUSH" => Frame(5, 4, Number(1), [0, 0, 0, 2, .. Block(Get)]),
            "PING" => Frame(6, 0, 0, new byte[8]),
            "GOAWAY" => Frame(7, 0, 0, [.. Big((uint)Number(1)), .. Big((uint)Number(2))]),
            "WINDOW" => Frame(8, 0, Number(1), Big(uint.Parse(words[2], CultureInfo.InvariantCulture))),
            "FRAME" => Frame(Number(1), Number(2), Number(3), Convert.FromHexString(words.Length > 4 ? words[4] : "")),
            "BYTES" => Convert.FromHexString(words[1]),
            _ => throw new ArgumentException($"No step is called '{words[0]}'. See FrameScript for those there are."),
        };
    }

    private static byte[] Headers(string[] words, int id)
    {
        var flags = 0;
        var padding = -1;
        var fields = new List<string>();
        for (var i = 2; i < words.Length; i++)
        {
            switch (words[i])
            {
                case "ES":
                    flags |= 1;
                    break;
                case "NOEH":
                    flags |= 0x100;
                    break;
                case "PRIO":
                    flags |= 0x20;
                    break;
                case "PAD":
                    padding = int.Parse(words[++i], CultureInfo.InvariantCulture);
                    flags |= 8;
                    break;
                case "get":
                    fields.AddRange(Get);
                    break;
                case "post":
                    fields.AddRange(Post);
                    break;
                default:
                    fields.Add(words[i]);
                    break;
            }
        }

        flags = (flags & 0x100) != 0 ? flags & 0xff : flags | 4;
        byte[] payload = [.. padding >= 0 ? new[] { (byte)padding } : [], .. (flags & 0x20) != 0 ? new byte[5] : [], .. Block([.. fields]), .. new byte[Math.Max(0, padding)]];
        return Frame(1, flags, id, payload);
    }

    private static byte[] Data(string[] words, int id, int length)
    {
        var pad = Array.IndexOf(words, "PAD");
        var padding = pad < 0 ? -1 : int.Parse(words[pad + 1], CultureInfo.InvariantCulture);
        byte[] payload = [.. padding >= 0 ? new[] { (byte)padding } : [], .. Enumerable.Repeat((byte)'d', length), .. new byte[Math.Max(0, padding)]];
        return Frame(0, (words.Contains("ES") ? 1 : 0) | (padding >= 0 ? 8 : 0), id, payload);
    }

    private static byte[] Setting(string setting)
    {
        var parts = setting.Split('=');
        var bytes = new byte[6];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, ushort.Parse(parts[0], CultureInfo.InvariantCulture));
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(2), uint.Parse(parts[1], CultureInfo.InvariantCulture));
        return bytes;
    }

    // Literals without memory, so that blocks do not depend on each other. "hpack:XX" are bytes as they are.
    private static byte[] Block(string[] fields)
    {
        var bytes = new List<byte>();
        foreach (var field in fields)
        {
            if (field.StartsWith("hpack:", StringComparison.Ordinal))
            {
                bytes.AddRange(Convert.FromHexString(field[6..]));
                continue;
            }

            var equals = field.IndexOf('=', 1);
            bytes.Add(0);
            Text(bytes, field[..equals]);
            Text(bytes, field[(equals + 1)..]);
        }

        return [.. bytes];
    }

    // "x*500" is 500 times x.
    private static void Text(List<byte> bytes, string text)
    {
        var star = text.LastIndexOf('*');
        if (star == 1 && int.TryParse(text[2..], out var times))
        {
            text = new string(text[0], times);
        }

        var raw = Uri.UnescapeDataString(text).Select(c => (byte)c).ToArray();
        var length = new byte[HpackInteger.MaxSize];
        bytes.AddRange(length[..HpackInteger.Write(length, 0, 7, raw.Length)]);
        bytes.AddRange(raw);
    }

    private static byte[] Big(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }
}
