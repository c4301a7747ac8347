namespace Banyan.Wire.Http2;

/// <summary>
/// What happens on an HTTP/2 connection. All calls come from inside a call on the session; a handler may call the session in turn. A stream's last event is
/// <see cref="OnStreamClosed"/>.
/// </summary>
public interface IHttp2Handler
{
    /// <summary>A head arrived: of a request, or of an answer, interim ones included.</summary>
    /// <param name="stream">The stream; new for a server. <see cref="Http2Stream.RemoteEnded"/> says whether anything follows.</param>
    /// <param name="head">Valid during this call.</param>
    void OnHead(Http2Stream stream, Http2Head head);

    /// <summary>Bytes of a body arrived. Each must be given back by <see cref="Http2Session.Consumed"/> sooner or later, or the peer stops sending.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="data">Valid during this call; at least one byte.</param>
    void OnData(Http2Stream stream, ReadOnlySpan<byte> data);

    /// <summary>The peer has said its all. Not called for a stream that has been closed meanwhile.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="trailers">Null when there were none. Those that must not be passed on are marked.</param>
    void OnEnd(Http2Stream stream, Http2Head? trailers);

    /// <summary>The data that had to wait for the peer have all been written.</summary>
    void OnDrained(Http2Stream stream);

    /// <summary>
    /// The stream ended before both sides had said their all: the peer reset it, or broke a rule, or the connection ended. Not called for
    /// <see cref="Http2Session.Reset"/>.
    /// </summary>
    /// <param name="stream">The stream.</param>
    /// <param name="code">Why.</param>
    /// <param name="unprocessed">True when the peer did nothing for it, so that a request may be sent again (RFC 9113 section 8.7).</param>
    void OnReset(Http2Stream stream, Http2ErrorCode code, bool unprocessed);

    /// <summary>Nothing more happens on this stream; it must not be used after this call.</summary>
    void OnStreamClosed(Http2Stream stream);
}
