namespace Banyan.Wire.Http2;

/// <summary>
/// All numbers of one HTTP/2 connection: what the peer may ask for, and how much needless work it may make. Needless work is counted in points; the points of a
/// connection fade with time and with useful work, and past <see cref="MaxPoints"/> the connection ends with ENHANCE_YOUR_CALM.
/// </summary>
public sealed record Http2Limits
{
    /// <summary>The defaults.</summary>
    public static Http2Limits Default { get; } = new();

    /// <summary>Streams the peer may have open at once; 100 by default, what RFC 9113 section 6.5.2 recommends at least. More are refused with REFUSED_STREAM.</summary>
    public int MaxStreams { get; init; } = 100;

    /// <summary>
    /// Bytes of a decoded head, each field counted as its name, its value and 32 (RFC 9113 section 10.5.1); 32 KiB by default. A request beyond gets 431, an answer
    /// beyond is malformed.
    /// </summary>
    public int MaxHeadBytes { get; init; } = 32 * 1024;

    /// <summary>Fields of a head; 100 by default. More are handled like too many bytes.</summary>
    public int MaxFields { get; init; } = 100;

    /// <summary>Bytes of a compressed head in all its frames; 64 KiB by default. More end the connection.</summary>
    public int MaxBlockBytes { get; init; } = 64 * 1024;

    /// <summary>CONTINUATION frames of one head; 32 by default. More end the connection.</summary>
    public int MaxContinuations { get; init; } = 32;

    /// <summary>
    /// Bytes of the table for encoding fields, as RFC 7541 section 4.1 counts them, unless the peer wants less; at most the protocol's 4096, which is the default.
    /// The table for decoding has 4096.
    /// </summary>
    public int EncoderTableBytes { get; init; } = 4096;

    /// <summary>Bytes of one stream the peer may send before this side took them; 128 KiB by default, at least the protocol's 65,535.</summary>
    public int StreamWindowBytes { get; init; } = 128 * 1024;

    /// <summary>Bytes of all streams together the peer may send before this side took them; 1 MiB by default, at least the protocol's 65,535.</summary>
    public int ConnectionWindowBytes { get; init; } = 1024 * 1024;

    /// <summary>Bytes written and not yet sent before data of bodies wait in their streams; 64 KiB by default.</summary>
    public int OutputBytes { get; init; } = 64 * 1024;

    /// <summary>Bytes written and not yet sent at which the connection is given up, because the peer asks for answers and does not read; 1 MiB by default.</summary>
    public int MaxOutputBytes { get; init; } = 1024 * 1024;

    /// <summary>Points a connection may have; 10,000 by default.</summary>
    public int MaxPoints { get; init; } = 10_000;

    /// <summary>Points forgotten each second; 1000 by default.</summary>
    public int PointsForgottenEachSecond { get; init; } = 1_000;

    /// <summary>Points forgotten with each request that ran to its end, and with each DATA frame of this side; 20 by default.</summary>
    public int PointsForgottenByWork { get; init; } = 20;

    /// <summary>Points of a stream the peer resets (rapid reset), or makes this side reset (an error of a stream, a refused one); 20 by default.</summary>
    public int ResetPoints { get; init; } = 20;

    /// <summary>Points of a PING or SETTINGS frame, which want an answer; 20 by default. Each single setting is one point more.</summary>
    public int AnswerPoints { get; init; } = 20;

    /// <summary>Points of a CONTINUATION frame, and of a DATA frame without data that does not end its stream; 20 by default.</summary>
    public int EmptyPoints { get; init; } = 20;

    /// <summary>Points of WINDOW_UPDATE, PRIORITY, frames for closed streams and frames of unknown types; 4 by default.</summary>
    public int SmallPoints { get; init; } = 4;
}
