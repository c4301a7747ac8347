using Banyan.Wire.Fields;

namespace Banyan.Wire.Http1;

/// <summary>What the heads of requests and answers have in common. Reused from message to message; not safe for concurrent use.</summary>
public abstract class MessageHead
{
    private protected MessageHead()
    {
    }

    /// <summary>The version.</summary>
    public HttpRelease Version { get; internal set; }

    /// <summary>Bytes of the head with its end, and with the one empty line that may come before a request: the body begins here.</summary>
    public int Length { get; internal set; }

    /// <summary>The fields. In an answer Content-Length is marked as ending here wherever it must not be passed on.</summary>
    public FieldTable Fields { get; } = new();

    /// <summary>How the body ends; of an answer, given the request's method. With a request it is never <see cref="BodyFraming.UntilClose"/>.</summary>
    public BodyFraming Framing { get; internal set; }

    /// <summary>
    /// The declared length of the body in bytes; -1 when none is declared or it is overruled. In an answer to HEAD and with 304 it is the length a body would have
    /// had, and <see cref="Framing"/> is <see cref="BodyFraming.None"/>.
    /// </summary>
    public long ContentLength { get; internal set; }

    /// <summary>True when the connection may carry another request after this message; for 1xx, when the final answer may follow.</summary>
    public bool KeepAlive { get; internal set; }

    /// <summary>Why the message was refused.</summary>
    public WireFault Fault { get; internal set; }

    // Where the next line begins, while the head is incomplete.
    internal int Position { get; set; }

    internal HeadStage Stage { get; set; }

    /// <summary>Forgets what was read. The parser does it by itself when the last head was complete or refused.</summary>
    public virtual void Reset()
    {
        Version = HttpRelease.Http11;
        Length = 0;
        Fields.Clear();
        Framing = BodyFraming.None;
        ContentLength = -1;
        KeepAlive = false;
        Fault = WireFault.None;
        Position = 0;
        Stage = HeadStage.Start;
    }

    /// <summary>Ends the reading of this head: whole when there is no fault, refused otherwise.</summary>
    internal ParseStatus End(WireFault fault)
    {
        Fault = fault;
        Stage = HeadStage.Ended;
        return fault == WireFault.None ? ParseStatus.Complete : ParseStatus.Refused;
    }
}
