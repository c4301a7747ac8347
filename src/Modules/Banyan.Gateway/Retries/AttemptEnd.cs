namespace Banyan.Gateway.Retries;

/// <summary>How far an attempt that failed had come.</summary>
internal enum AttemptEnd
{
    /// <summary>No connection was there: nothing was sent.</summary>
    NotConnected,

    /// <summary>The peer said that it has not looked at the request: HTTP/2 REFUSED_STREAM, or a stream above GOAWAY's last (RFC 9113 section 8.7).</summary>
    Unprocessed,

    /// <summary>A connection that had served before ended without a byte of an answer: most likely closed as idle (RFC 9112 section 9.3.1).</summary>
    ReusedClosed,

    /// <summary>A fresh connection ended without a byte of an answer.</summary>
    FreshClosed,

    /// <summary>Part of an answer came, or the time ran out, or an answer was not HTTP.</summary>
    Underway,
}
