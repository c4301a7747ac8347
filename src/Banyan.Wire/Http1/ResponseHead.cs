namespace Banyan.Wire.Http1;

/// <summary>
/// The head of an answer, as <see cref="ResponseParser"/> read it: offsets into the bytes it was given, and what they decide.
/// </summary>
public sealed class ResponseHead : MessageHead
{
    /// <summary>An empty head, ready to be parsed into.</summary>
    public ResponseHead() => Reset();

    /// <summary>The status, 100 to 599.</summary>
    public int Status { get; internal set; }

    /// <summary>The reason as written; may be empty.</summary>
    public Slice Reason { get; internal set; }

    /// <summary>True for 1xx other than 101: another head follows.</summary>
    public bool IsInterim => Status is >= 100 and < 200 and not 101;

    /// <summary>
    /// True when the bytes behind the head belong to another protocol: 101, and 2xx to CONNECT. Whether the request asked for it is the caller's to check.
    /// </summary>
    public bool IsSwitch { get; internal set; }

    /// <inheritdoc/>
    public override void Reset()
    {
        base.Reset();
        Status = 0;
        Reason = default;
        IsSwitch = false;
    }
}
