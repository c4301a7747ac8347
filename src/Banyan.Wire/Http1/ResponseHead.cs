using Banyan.Wire.Fields;

namespace Banyan.Wire.Http1;

/// <summary>
/// The head of an answer, as <see cref="ResponseParser"/> read it: offsets into the bytes it was given, and what they decide. Reused from answer to answer; not
/// safe for concurrent use.
/// </summary>
public sealed class ResponseHead
{
    /// <summary>An empty head, ready to be parsed into.</summary>
    public ResponseHead() => Reset();

    /// <summary>The status, 100 to 599.</summary>
    public int Status { get; internal set; }

    /// <summary>The reason as written; may be empty.</summary>
    public Slice Reason { get; internal set; }

    /// <summary>The version.</summary>
    public HttpRelease Version { get; internal set; }

    /// <summary>Bytes of the head with its end: the body begins here.</summary>
    public int Length { get; internal set; }

    /// <summary>The fields. Content-Length is marked as ending here wherever it must not be passed on.</summary>
    public FieldTable Fields { get; } = new();

    /// <summary>How the body ends, given the request's method.</summary>
    public BodyFraming Framing { get; internal set; }

    /// <summary>
    /// The declared length in bytes; -1 when none is declared or it is overruled. With HEAD and 304 it is the length a body would have had, and
    /// <see cref="Framing"/> is <see cref="BodyFraming.None"/>.
    /// </summary>
    public long ContentLength { get; internal set; }

    /// <summary>True when the connection may carry another request after this answer; for 1xx, when the final answer may follow.</summary>
    public bool KeepAlive { get; internal set; }

    /// <summary>True for 1xx other than 101: another head follows.</summary>
    public bool IsInterim => Status is >= 100 and < 200 and not 101;

    /// <summary>
    /// True when the bytes behind the head belong to another protocol: 101, and 2xx to CONNECT. Whether the request asked for it is the caller's to check.
    /// </summary>
    public bool IsSwitch { get; internal set; }

    /// <summary>Why the answer was refused.</summary>
    public WireFault Fault { get; internal set; }

    // Where the next line begins, while the head is incomplete.
    internal int Position { get; set; }

    internal HeadStage Stage { get; set; }

    /// <summary>Forgets what was read. The parser does it by itself when the last head was complete or refused.</summary>
    public void Reset()
    {
        Status = 0;
        Reason = default;
        Version = HttpRelease.Http11;
        Length = 0;
        Fields.Clear();
        Framing = BodyFraming.None;
        ContentLength = -1;
        KeepAlive = false;
        IsSwitch = false;
        Fault = WireFault.None;
        Position = 0;
        Stage = HeadStage.StartLine;
    }
}
