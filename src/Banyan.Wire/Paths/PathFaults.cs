namespace Banyan.Wire.Paths;

/// <summary>What people and programs are told about each <see cref="PathFault"/>. The status is always 400.</summary>
public static class PathFaults
{
    /// <summary>The name, the status and the words of a fault.</summary>
    public static FaultText Describe(PathFault fault) => fault switch
    {
        PathFault.None => new("none", 0, "Nothing is wrong."),
        PathFault.NotOriginForm => new("path-not-origin-form", 400, "The path must begin with a slash."),
        PathFault.DotSegment => new("path-dot-segment", 400, "The path must not have the segments . or .. in it. Send it resolved."),
        PathFault.EncodedSeparator => new("path-encoded-separator", 400, "The path must not have an escaped slash or backslash in it."),
        PathFault.EncodedNul => new("path-encoded-nul", 400, "The path must not have %00 in it."),
        PathFault.BrokenEscape => new("path-broken-escape", 400, "A percent sign in the path must be followed by two hexadecimal digits. Write the sign itself as %25."),
        PathFault.OverlongEscape => new("path-overlong-escape", 400, "The path has UTF-8 that is longer than need be. Encode each character in its shortest form."),
        PathFault.Backslash => new("path-backslash", 400, "The path must not have a backslash in it."),
        PathFault.Fragment => new("path-fragment", 400, "The path must not have a number sign in it. Send it without the fragment."),
        PathFault.ControlOrNonAscii => new("path-control-or-non-ascii", 400, "The path must be of visible ASCII characters. Percent-encode all others."),
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "Not a path fault."),
    };
}
