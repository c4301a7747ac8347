namespace Banyan.Wire.Http1;

/// <summary>The version a message was written in.</summary>
public enum HttpRelease : byte
{
    /// <summary>HTTP/1.0.</summary>
    Http10,

    /// <summary>HTTP/1.1.</summary>
    Http11,
}
