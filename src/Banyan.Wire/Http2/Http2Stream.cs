namespace Banyan.Wire.Http2;

/// <summary>One exchange on an HTTP/2 connection. Belongs to its session, which uses the object again after <see cref="IHttp2Handler.OnStreamClosed"/>.</summary>
public sealed class Http2Stream
{
    private readonly ByteQueue _waiting = new();

    internal Http2Stream()
    {
    }

    /// <summary>The number on the wire.</summary>
    public int Id { get; private set; }

    /// <summary>Whatever the handler wants to find here; null in a new stream.</summary>
    public object? Owner { get; set; }

    /// <summary>True once the peer has said its all.</summary>
    public bool RemoteEnded { get; internal set; }

    /// <summary>True once this side has said its all, though it may not be written yet.</summary>
    public bool LocalEnded { get; internal set; }

    /// <summary>Bytes of data that wait for the peer's window or for the connection to send.</summary>
    public int Waiting => _waiting.Length;

    // What the peer may still send, what it has sent and nobody has taken, and what was taken and not yet told.
    internal int ReceiveWindow { get; set; }

    internal int Untaken { get; set; }

    internal int Untold { get; set; }

    // What the peer still takes; negative when it has made its window smaller.
    internal long SendWindow { get; set; }

    // Bytes the peer's body still must have; -1 when unknown.
    internal long LengthLeft { get; set; }

    // The final head has come.
    internal bool HeadReceived { get; set; }

    internal bool HeadSent { get; set; }

    // The end of this side's stream is written.
    internal bool EndWritten { get; set; }

    internal bool Closed { get; set; }

    // Nobody wants what the peer may still send.
    internal bool Left { get; set; }

    // In the session's queue of those who wait.
    internal bool Queued { get; set; }

    // An answer to HEAD has no body, whatever it declares.
    internal bool NoBody { get; set; }

    // Encoded when all data are written: the order of heads on the wire is the order of encoding. See TrailerText.
    internal byte[]? Trailers { get; set; }

    internal ReadOnlySpan<byte> WaitingBytes => _waiting.Bytes;

    internal void Begin(int id, int receiveWindow, long sendWindow)
    {
        Id = id;
        ReceiveWindow = receiveWindow;
        SendWindow = sendWindow;
        LengthLeft = -1;
        Untaken = 0;
        Untold = 0;
        RemoteEnded = LocalEnded = HeadReceived = HeadSent = EndWritten = Closed = Left = NoBody = false;
        Owner = null;
    }

    internal void Wait(ReadOnlySpan<byte> data) => _waiting.Append(data);

    internal void Written(int count) => _waiting.Sent(count);

    // Forgets what was to be written.
    internal void Abandon()
    {
        _waiting.Clear();
        Trailers = null;
    }
}
