using System.Buffers.Binary;
using Banyan.Wire.Fields;
using Banyan.Wire.Scanning;

namespace Banyan.Wire.Http1;

/// <summary>
/// Reads the head of a request (RFC 9112 sections 2, 3, 5), strictly: what two programs could read differently is refused. Pure; allocates nothing once the head's
/// field table has grown.
/// </summary>
public static class RequestParser
{
    // "GET " as the number its four bytes are.
    private const uint Get = 0x20544547;

    /// <summary>
    /// Reads a head from the start of <paramref name="bytes"/>. When it is incomplete, call again with the same head and with bytes that begin with the same ones:
    /// whole lines are not read twice. The verdict does not depend on how the bytes were split.
    /// </summary>
    /// <param name="bytes">What came on the connection since the last message.</param>
    /// <param name="head">Receives offsets and decisions; whole only after <see cref="ParseStatus.Complete"/>.</param>
    /// <param name="limits">How large the head may be.</param>
    public static ParseStatus Parse(ReadOnlySpan<byte> bytes, RequestHead head, HeadLimits limits)
    {
        if (head.Stage == HeadStage.Ended)
        {
            head.Reset();
        }

        if (head.Stage != HeadStage.Fields)
        {
            var line = HeadSection.StartLine(bytes, limits);
            var started = ReadStart(line, head);
            if (started != ParseStatus.Complete)
            {
                return HeadSection.Unstarted(started, line.Length, head, limits, WireFault.RequestLineTooLong);
            }
        }

        var status = HeadSection.ReadFields(bytes, head, limits);
        return status == ParseStatus.Complete ? head.End(RequestRules.Decide(bytes, head)) : status;
    }

    private static ParseStatus ReadStart(ReadOnlySpan<byte> bytes, RequestHead head)
    {
        // 1. One empty line may come before a request: some clients send it after a body (RFC 9112 section 2.2).
        if (head.Stage == HeadStage.Start)
        {
            if (bytes.Length > 0 && bytes[0] == '\r')
            {
                if (bytes.Length == 1)
                {
                    return ParseStatus.Incomplete;
                }

                if (bytes[1] != '\n')
                {
                    return head.End(WireFault.BareCarriageReturn);
                }

                head.Position = 2;
            }

            if (bytes.Length == head.Position)
            {
                return ParseStatus.Incomplete;
            }

            head.Stage = HeadStage.StartLine;
        }

        // 2. The method.
        var start = head.Position;
        var line = bytes[start..];
        int methodLength;
        if (line.Length >= sizeof(uint) && BinaryPrimitives.ReadUInt32LittleEndian(line) == Get)
        {
            methodLength = 3;
            head.Method = KnownMethod.Get;
        }
        else
        {
            methodLength = TokenScan.IndexOfEnd(line);
            if (methodLength < 0)
            {
                return ParseStatus.Incomplete;
            }

            if (methodLength == 0 || line[methodLength] != ' ')
            {
                return head.End(line[methodLength] switch
                {
                    (byte)'\n' => WireFault.BareLineFeed,
                    (byte)'\r' or (byte)' ' or (byte)'\t' => WireFault.RequestLineInvalid,
                    _ => WireFault.MethodInvalid,
                });
            }

            head.Method = KnownMethods.Identify(line[..methodLength]);
        }

        head.MethodText = new Slice(start, methodLength);

        // 3. The target: visible ASCII up to the next space.
        var targetStart = methodLength + 1;
        var targetLength = line[targetStart..].IndexOfAnyExceptInRange((byte)'!', (byte)'~');
        if (targetLength < 0)
        {
            return ParseStatus.Incomplete;
        }

        var versionStart = targetStart + targetLength + 1;
        if (targetLength == 0 || line[versionStart - 1] != ' ')
        {
            return head.End(line[versionStart - 1] switch
            {
                (byte)'\n' => WireFault.BareLineFeed,
                (byte)'\r' or (byte)' ' or (byte)'\t' => WireFault.RequestLineInvalid,
                _ => WireFault.TargetInvalid,
            });
        }

        head.Target = new Slice(start + targetStart, targetLength);

        // 4. The version and the line's end.
        var status = ReadVersion(line[versionStart..], head);
        if (status == ParseStatus.Complete)
        {
            head.Position = start + versionStart + VersionText.Length + 2;
            head.Stage = HeadStage.Fields;
        }

        return status;
    }

    private static ParseStatus ReadVersion(ReadOnlySpan<byte> rest, RequestHead head)
    {
        if (rest.Length >= VersionText.Length + 2 && rest[VersionText.Length] == '\r' && rest[VersionText.Length + 1] == '\n'
            && VersionText.TryRead(rest, out var version))
        {
            head.Version = version;
            return ParseStatus.Complete;
        }

        var fault = VersionFault(rest, out var incomplete);
        return incomplete ? ParseStatus.Incomplete : head.End(fault);
    }

    // What is wrong with a version that is not one of the two, or that is not whole yet. Decided byte by byte, so that the verdict is the same at every split.
    private static WireFault VersionFault(ReadOnlySpan<byte> rest, out bool incomplete)
    {
        incomplete = false;
        for (var i = 0; i < rest.Length; i++)
        {
            var value = rest[i];
            switch (i)
            {
                case < 5 when value == "HTTP/"u8[i]:
                case 5 or 7 when value is >= (byte)'0' and <= (byte)'9':
                case 6 when value == '.':
                case 8 when value == '\r':
                    continue;
                case 9 when value == '\n':
                    return WireFault.VersionUnsupported;
                case 9:
                    return WireFault.BareCarriageReturn;
                case 8 when value == '\n':
                    return WireFault.BareLineFeed;
                case 8 when Grammar.IsBlank(value):
                    return WireFault.RequestLineInvalid;
                case < 8 when Grammar.IsBlank(value) || value == '\r':
                    return WireFault.RequestLineInvalid;
                default:
                    return WireFault.VersionInvalid;
            }
        }

        incomplete = true;
        return WireFault.None;
    }
}
