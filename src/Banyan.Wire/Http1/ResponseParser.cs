using System.Buffers.Binary;
using Banyan.Wire.Scanning;

namespace Banyan.Wire.Http1;

/// <summary>
/// Reads the head of an answer (RFC 9112 sections 4, 5), as strictly as requests are read: every fault is the service's, and the client gets 502. Pure; allocates
/// nothing once the head's field table has grown.
/// </summary>
public static class ResponseParser
{
    // "HTTP/1.1" and "HTTP/1.0" as the numbers their bytes are.
    private const ulong Http11 = 0x312e312f50545448;
    private const ulong Http10 = 0x302e312f50545448;
    private const int StatusStart = 9;
    private const int ReasonStart = 13;

    /// <summary>
    /// Reads a head from the start of <paramref name="bytes"/>. When it is incomplete, call again with the same head and with bytes that begin with the same ones.
    /// The verdict does not depend on how the bytes were split.
    /// </summary>
    /// <param name="bytes">What came on the connection since the last answer.</param>
    /// <param name="head">Receives offsets and decisions; whole only after <see cref="ParseStatus.Complete"/>.</param>
    /// <param name="request">The method of the request this answers: it decides whether there is a body.</param>
    /// <param name="limits">How large the head may be.</param>
    public static ParseStatus Parse(ReadOnlySpan<byte> bytes, ResponseHead head, KnownMethod request, HeadLimits limits)
    {
        if (head.Stage == HeadStage.Ended)
        {
            head.Reset();
        }

        var window = bytes.Length > limits.MaxHeadBytes ? bytes[..limits.MaxHeadBytes] : bytes;
        if (head.Stage == HeadStage.StartLine)
        {
            var line = window.Length > limits.MaxStartLineBytes ? window[..limits.MaxStartLineBytes] : window;
            var started = ReadStatusLine(line, head);
            if (started == ParseStatus.Incomplete && line.Length == limits.MaxStartLineBytes)
            {
                return Refuse(head, WireFault.StatusLineTooLong);
            }

            if (started != ParseStatus.Complete)
            {
                return started == ParseStatus.Refused || window.Length < limits.MaxHeadBytes ? started : Refuse(head, WireFault.HeadTooLarge);
            }
        }

        var at = head.Position;
        var status = FieldSection.Read(window, ref at, head.Fields, limits.MaxFields, out var fault);
        head.Position = at;
        if (status == ParseStatus.Incomplete)
        {
            return window.Length < limits.MaxHeadBytes ? status : Refuse(head, WireFault.HeadTooLarge);
        }

        if (status == ParseStatus.Complete)
        {
            head.Length = at;
            fault = ResponseRules.Decide(bytes, head, request);
        }

        if (fault != WireFault.None)
        {
            return Refuse(head, fault);
        }

        head.Stage = HeadStage.Ended;
        return ParseStatus.Complete;
    }

    private static ParseStatus Refuse(ResponseHead head, WireFault fault)
    {
        head.Fault = fault;
        head.Stage = HeadStage.Ended;
        return ParseStatus.Refused;
    }

    // "HTTP/1.1 200 OK". The reason with its space may be missing: many services leave it out, and nobody reads it.
    private static ParseStatus ReadStatusLine(ReadOnlySpan<byte> line, ResponseHead head)
    {
        if (line.Length < ReasonStart || !IsVersion(line, head) || line[8] != ' ' || !IsDigit(line[9]) || !IsDigit(line[10]) || !IsDigit(line[11])
            || line[12] is not ((byte)' ' or (byte)'\r'))
        {
            return Shape(line) ? ParseStatus.Incomplete : Refuse(head, WireFault.StatusLineInvalid);
        }

        head.Status = ((line[StatusStart] - '0') * 100) + ((line[10] - '0') * 10) + line[11] - '0';
        var start = line[12] == ' ' ? ReasonStart : ReasonStart - 1;
        var length = ControlScan.IndexOfControl(line[start..]);
        var end = start + length;
        if (length < 0 || (line[end] == '\r' && end + 1 == line.Length))
        {
            return ParseStatus.Incomplete;
        }

        if (line[end] != '\r' || line[end + 1] != '\n')
        {
            return Refuse(head, line[end] switch
            {
                (byte)'\r' => WireFault.BareCarriageReturn,
                (byte)'\n' => WireFault.BareLineFeed,
                _ => WireFault.ReasonInvalid,
            });
        }

        head.Reason = new Slice(start, length);
        head.Position = end + 2;
        head.Stage = HeadStage.Fields;
        return head.Status is >= 100 and < 600 ? ParseStatus.Complete : Refuse(head, WireFault.StatusOutOfRange);
    }

    private static bool IsVersion(ReadOnlySpan<byte> line, ResponseHead head)
    {
        var version = BinaryPrimitives.ReadUInt64LittleEndian(line);
        head.Version = version == Http10 ? HttpRelease.Http10 : HttpRelease.Http11;
        return version is Http11 or Http10;
    }

    // True when these fewer than 13 bytes may become a status line.
    private static bool Shape(ReadOnlySpan<byte> line)
    {
        if (line.Length >= ReasonStart)
        {
            return false;
        }

        for (var i = 0; i < line.Length; i++)
        {
            var fits = i switch
            {
                < 7 => line[i] == "HTTP/1."u8[i],
                7 => line[i] is (byte)'0' or (byte)'1',
                8 => line[i] == ' ',
                _ => IsDigit(line[i]),
            };
            if (!fits)
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsDigit(byte value) => value is >= (byte)'0' and <= (byte)'9';
}
