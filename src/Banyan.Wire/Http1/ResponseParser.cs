using Banyan.Wire.Scanning;

namespace Banyan.Wire.Http1;

/// <summary>
/// Reads the head of an answer (RFC 9112 sections 4, 5), as strictly as requests are read: every fault is the service's, and the client gets 502. Pure; allocates
/// nothing once the head's field table has grown.
/// </summary>
public static class ResponseParser
{
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

        if (head.Stage != HeadStage.Fields)
        {
            var line = HeadSection.StartLine(bytes, limits);
            var started = ReadStatusLine(line, head);
            if (started != ParseStatus.Complete)
            {
                return HeadSection.Unstarted(started, line.Length, head, limits, WireFault.StatusLineTooLong);
            }
        }

        var status = HeadSection.ReadFields(bytes, head, limits);
        return status == ParseStatus.Complete ? head.End(ResponseRules.Decide(bytes, head, request)) : status;
    }

    // "HTTP/1.1 200 OK". The reason with its space may be missing: many services leave it out, and nobody reads it.
    private static ParseStatus ReadStatusLine(ReadOnlySpan<byte> line, ResponseHead head)
    {
        if (line.Length < ReasonStart || !IsVersion(line, head) || line[8] != ' ' || !IsDigit(line[9]) || !IsDigit(line[10]) || !IsDigit(line[11])
            || line[12] is not ((byte)' ' or (byte)'\r'))
        {
            return Shape(line) ? ParseStatus.Incomplete : head.End(WireFault.StatusLineInvalid);
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
            return head.End(line[end] switch
            {
                (byte)'\r' => WireFault.BareCarriageReturn,
                (byte)'\n' => WireFault.BareLineFeed,
                _ => WireFault.ReasonInvalid,
            });
        }

        head.Reason = new Slice(start, length);
        head.Position = end + 2;
        head.Stage = HeadStage.Fields;
        return head.Status is >= 100 and < 600 ? ParseStatus.Complete : head.End(WireFault.StatusOutOfRange);
    }

    private static bool IsVersion(ReadOnlySpan<byte> line, ResponseHead head)
    {
        var known = VersionText.TryRead(line, out var version);
        head.Version = version;
        return known;
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
