namespace Banyan.Wire.Http1;

/// <summary>What reading a request's and an answer's head have in common: the limits, and the fields behind the start line.</summary>
internal static class HeadSection
{
    /// <summary>The bytes the start line must lie in.</summary>
    public static ReadOnlySpan<byte> StartLine(ReadOnlySpan<byte> bytes, HeadLimits limits) =>
        bytes[..Math.Min(bytes.Length, Math.Min(limits.MaxStartLineBytes, limits.MaxHeadBytes))];

    /// <summary>What to say of a start line that was refused, or is not whole in the bytes it must lie in.</summary>
    public static ParseStatus Unstarted(ParseStatus status, int length, MessageHead head, HeadLimits limits, WireFault tooLong) =>
        status == ParseStatus.Refused ? status
        : length == limits.MaxStartLineBytes ? head.End(tooLong)
        : length == limits.MaxHeadBytes ? head.End(WireFault.HeadTooLarge)
        : status;

    /// <summary>Reads the fields, and where the head ends. <see cref="ParseStatus.Complete"/> means that the rules may decide.</summary>
    public static ParseStatus ReadFields(ReadOnlySpan<byte> bytes, MessageHead head, HeadLimits limits)
    {
        var window = bytes.Length > limits.MaxHeadBytes ? bytes[..limits.MaxHeadBytes] : bytes;
        var at = head.Position;
        var status = FieldSection.Read(window, ref at, head.Fields, limits.MaxFields, out var fault);
        head.Position = at;
        switch (status)
        {
            case ParseStatus.Complete:
                head.Length = at;
                return status;
            case ParseStatus.Incomplete:
                return window.Length < limits.MaxHeadBytes ? status : head.End(WireFault.HeadTooLarge);
            default:
                return head.End(fault);
        }
    }
}
