namespace Banyan.Wire.Http2;

/// <summary>Why a field list of HTTP/2 is malformed (RFC 9113 section 8.1.1): the stream ends with PROTOCOL_ERROR, or the client gets 400.</summary>
public enum Http2Fault : byte
{
    /// <summary>It is well-formed.</summary>
    None,

    /// <summary>A name that is no token in lower case.</summary>
    NameInvalid,

    /// <summary>A value with a control byte, or with a blank at an end (RFC 9113 section 8.2.1).</summary>
    ValueInvalid,

    /// <summary>A pseudo-field requests do not have.</summary>
    PseudoUnknown,

    /// <summary>A pseudo-field twice.</summary>
    PseudoRepeated,

    /// <summary>A pseudo-field behind a field.</summary>
    PseudoLate,

    /// <summary>A pseudo-field that must be there, or one that must not be with CONNECT.</summary>
    PseudoMissing,

    /// <summary>A pseudo-field with a value it cannot have.</summary>
    PseudoInvalid,

    /// <summary>A field of the connection, which HTTP/2 has in frames (RFC 9113 section 8.2.2).</summary>
    ConnectionField,

    /// <summary>TE with anything but <c>trailers</c>.</summary>
    TeInvalid,

    /// <summary>Host more than once, or differing from <c>:authority</c>.</summary>
    HostMismatch,

    /// <summary>Content-Length more than once, no number, or more than 0 without a body.</summary>
    ContentLengthInvalid,

    /// <summary>The list exceeds the room it was given.</summary>
    TooLarge,
}
