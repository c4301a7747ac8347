namespace Banyan.Wire.Http1;

/// <summary>How the end of a message's body is found (RFC 9112 section 6.3).</summary>
public enum BodyFraming : byte
{
    /// <summary>There is no body.</summary>
    None,

    /// <summary>The body has a length given beforehand, which may be 0.</summary>
    Length,

    /// <summary>The body comes in chunks.</summary>
    Chunked,

    /// <summary>The body ends with the connection; answers only.</summary>
    UntilClose,
}
