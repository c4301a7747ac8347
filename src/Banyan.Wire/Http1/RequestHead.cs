namespace Banyan.Wire.Http1;

/// <summary>
/// The head of a request, as <see cref="RequestParser"/> read it: offsets into the bytes it was given, and what they decide.
/// </summary>
public sealed class RequestHead : MessageHead
{
    /// <summary>An empty head, ready to be parsed into.</summary>
    public RequestHead() => Reset();

    /// <summary>The method, when it is a known one.</summary>
    public KnownMethod Method { get; internal set; }

    /// <summary>The method as written.</summary>
    public Slice MethodText { get; internal set; }

    /// <summary>The target as written.</summary>
    public Slice Target { get; internal set; }

    /// <summary>Which form the target has.</summary>
    public TargetForm TargetForm { get; internal set; }

    /// <summary>True when the target is absolute and its scheme is https.</summary>
    public bool TargetIsHttps { get; internal set; }

    /// <summary>Host and port as written: of the target when that has them, otherwise of Host. Empty when neither has.</summary>
    public Slice Authority { get; internal set; }

    /// <summary>The authority without its port; an IPv6 address with its brackets.</summary>
    public Slice Host { get; internal set; }

    /// <summary>The port of the authority; -1 when none is written.</summary>
    public int Port { get; internal set; }

    /// <summary>The raw path, without the query. Empty for an absolute target without a path, and for the authority form; see <see cref="PathOf"/>.</summary>
    public Slice Path { get; internal set; }

    /// <summary>The raw query, without its question mark.</summary>
    public Slice Query { get; internal set; }

    /// <summary>True when the target has a question mark.</summary>
    public bool HasQuery { get; internal set; }

    /// <summary>
    /// True for OPTIONS about the server as a whole: <c>*</c>, or absolute without path and query, which is to be passed on as <c>*</c> (RFC 9112 section 3.2.4).
    /// </summary>
    public bool IsServerWide =>
        TargetForm == TargetForm.Asterisk || (Method == KnownMethod.Options && TargetForm == TargetForm.Absolute && Path.IsEmpty && !HasQuery);

    /// <summary>
    /// True when the client waits for 100 before it sends the body (RFC 9110 section 10.1.1). Never in HTTP/1.0 and without a body: Expect ends here then.
    /// </summary>
    public bool ExpectContinue { get; internal set; }

    /// <summary>
    /// The one protocol the client asks to switch to; empty when there is none, when Connection does not name Upgrade, when several are offered, in HTTP/1.0, and
    /// when the request has a body: to ignore Upgrade is always allowed (RFC 9110 section 7.8), and a switch must not begin inside a body.
    /// </summary>
    public Slice Upgrade { get; internal set; }

    /// <summary>True when the client takes trailers (RFC 9110 section 10.1.4).</summary>
    public bool AcceptsTrailers { get; internal set; }

    /// <summary>The raw path; <c>/</c> when an absolute target has none.</summary>
    public ReadOnlySpan<byte> PathOf(ReadOnlySpan<byte> bytes) => Path.IsEmpty && TargetForm == TargetForm.Absolute ? "/"u8 : Path.Of(bytes);

    /// <inheritdoc/>
    public override void Reset()
    {
        base.Reset();
        Method = KnownMethod.Other;
        MethodText = default;
        Target = default;
        TargetForm = TargetForm.Origin;
        TargetIsHttps = false;
        Authority = default;
        Host = default;
        Port = Http1.Authority.NoPort;
        Path = default;
        Query = default;
        HasQuery = false;
        ExpectContinue = false;
        Upgrade = default;
        AcceptsTrailers = false;
    }
}
