namespace Banyan.Wire.Paths;

/// <summary>Why a path has no normal form. <see cref="PathFaults"/> has the stable name and the words of each.</summary>
public enum PathFault : byte
{
    /// <summary>It has one.</summary>
    None,

    /// <summary>It does not begin with a slash.</summary>
    NotOriginForm,

    /// <summary>It holds <c>.</c> or <c>..</c> as a segment, written in whatever way.</summary>
    DotSegment,

    /// <summary>It holds an escaped slash or backslash.</summary>
    EncodedSeparator,

    /// <summary>It holds an escaped NUL.</summary>
    EncodedNul,

    /// <summary>A percent sign that no two hexadecimal digits follow.</summary>
    BrokenEscape,

    /// <summary>Escapes of an UTF-8 sequence longer than it need be: another way to write a character that is refused or matched when written plainly.</summary>
    OverlongEscape,

    /// <summary>It holds a backslash.</summary>
    Backslash,

    /// <summary>It holds a number sign.</summary>
    Fragment,

    /// <summary>It holds a control byte, a space, or a byte outside ASCII.</summary>
    ControlOrNonAscii,
}
