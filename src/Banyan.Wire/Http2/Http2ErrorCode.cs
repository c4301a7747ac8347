namespace Banyan.Wire.Http2;

/// <summary>Why a stream or a connection ended (RFC 9113 section 7). Values a peer invents are kept as they are.</summary>
public enum Http2ErrorCode : uint
{
    /// <summary>Nothing is wrong.</summary>
    NoError = 0x0,

    /// <summary>The peer broke the protocol.</summary>
    ProtocolError = 0x1,

    /// <summary>The fault is one's own.</summary>
    InternalError = 0x2,

    /// <summary>More data than the window allowed, or a window beyond 2^31 - 1.</summary>
    FlowControlError = 0x3,

    /// <summary>Settings were not acknowledged in time.</summary>
    SettingsTimeout = 0x4,

    /// <summary>A frame for a stream whose sender had ended it.</summary>
    StreamClosed = 0x5,

    /// <summary>A frame of a wrong size.</summary>
    FrameSizeError = 0x6,

    /// <summary>Nothing was done for this stream: its request may be sent again.</summary>
    RefusedStream = 0x7,

    /// <summary>The stream is no longer wanted.</summary>
    Cancel = 0x8,

    /// <summary>The compression of fields is out of step.</summary>
    CompressionError = 0x9,

    /// <summary>The connection of a CONNECT broke.</summary>
    ConnectError = 0xa,

    /// <summary>The peer makes more work than it should.</summary>
    EnhanceYourCalm = 0xb,

    /// <summary>The transport is not secure enough.</summary>
    InadequateSecurity = 0xc,

    /// <summary>The request needs HTTP/1.1.</summary>
    Http11Required = 0xd,
}
