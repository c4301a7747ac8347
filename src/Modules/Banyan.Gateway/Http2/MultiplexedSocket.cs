using Banyan.Loops;
using Banyan.Loops.Sockets;
using Banyan.Wire.Http2;

namespace Banyan.Gateway.Http2;

/// <summary>
/// A connection that carries HTTP/2: moves bytes between its socket and its session, and events of the session to the streams they are for. What all streams of a
/// turn wrote goes out in one call.
/// </summary>
internal abstract class MultiplexedSocket(Http2Tools tools) : IStreamOwner, IHttp2Handler
{
    // So long nothing may move while requests run before the peer is asked for a sign of life, and twice so long until it is taken for dead.
    private const long PatienceMilliseconds = 15_000;

    // After this many full buffers the others of the loop come first.
    private const int LongestRun = 4;

    private LoopStream? _socket;
    private bool _stalls;

    /// <summary>The protocol.</summary>
    protected abstract Http2Session Protocol { get; }

    /// <summary>The socket; null when it is closed.</summary>
    protected LoopStream? Socket => _socket;

    /// <summary>True while the socket does not take what was written.</summary>
    protected bool Stalls => _stalls;

    /// <summary>Since when the socket takes nothing, or nothing has arrived; the loop's clock.</summary>
    protected long QuietSince { get; private set; } = tools.Loop.Now;

    protected Http2Tools Tools => tools;

    /// <summary>Lets what was written be sent before the loop waits.</summary>
    public void Schedule() => _socket?.ReadAgain();

    void IStreamOwner.OnReadable(LoopStream stream)
    {
        Enter();
        for (var run = 0; _socket == stream && !_stalls && !Protocol.Failed; run++)
        {
            if (run == LongestRun)
            {
                stream.ReadAgain();
                break;
            }

            var buffer = tools.Loop.ReceiveBuffer;
            var result = stream.Receive(buffer);
            if (result.Status == IoStatus.WouldBlock)
            {
                break;
            }

            if (result.Status != IoStatus.Done)
            {
                Lose();
                return;
            }

            QuietSince = tools.Loop.Now;
            Protocol.Receive(buffer[..result.Count], tools.Loop.Now);
        }

        AfterReading();
        SendWritten();
    }

    void IStreamOwner.OnWritable(LoopStream stream)
    {
        Enter();
        _stalls = false;
        stream.WantsRead = true;
        QuietSince = tools.Loop.Now;
        SendWritten();
    }

    void IStreamOwner.OnHangUp(LoopStream stream) => Lose();

    void IStreamOwner.OnFault(LoopStream stream, Exception fault) => Lose();

    void IStreamOwner.OnConnected(LoopStream stream, in ConnectOutcome outcome)
    {
        // It was connected when it was taken over.
    }

    public abstract void OnHead(Http2Stream stream, Http2Head head);

    void IHttp2Handler.OnData(Http2Stream stream, ReadOnlySpan<byte> data) => Of(stream).OnData(data);

    void IHttp2Handler.OnEnd(Http2Stream stream, Http2Head? trailers) => Of(stream).OnEnd(trailers);

    void IHttp2Handler.OnDrained(Http2Stream stream) => Of(stream).OnDrained();

    void IHttp2Handler.OnReset(Http2Stream stream, Http2ErrorCode code, bool unprocessed) => Of(stream).OnReset(unprocessed);

    void IHttp2Handler.OnStreamClosed(Http2Stream stream)
    {
        if (stream.Owner is MultiplexedStream owner)
        {
            owner.OnStreamClosed();
        }
    }

    /// <summary>Takes a socket over.</summary>
    protected void Attach(LoopStream socket)
    {
        _socket = socket;
        socket.Owner = this;
    }

    protected virtual void Enter()
    {
    }

    /// <summary>What arrived was read; called before what was written is sent.</summary>
    protected virtual void AfterReading()
    {
    }

    /// <summary>Everything written was sent, and nothing more is needed: true to close.</summary>
    protected abstract bool IsFinished { get; }

    /// <summary>The socket is closed, and all streams are.</summary>
    protected abstract void OnLost();

    /// <summary>Sends what the session wrote, as far as the socket takes it.</summary>
    protected void SendWritten()
    {
        var output = Protocol.Output;
        while (_socket is { } socket && output.Length > 0 && !_stalls)
        {
            var result = socket.Send(output.Bytes);
            if (result.Status == IoStatus.Failed)
            {
                Lose();
                return;
            }

            if (result.Status == IoStatus.Done)
            {
                QuietSince = tools.Loop.Now;
                _stalls = result.Count < output.Length;
                output.Sent(result.Count);
            }
            else
            {
                _stalls = true;
            }

            if (_stalls)
            {
                // Whoever does not take answers is not asked for more questions.
                socket.WantsRead = false;
            }
            else
            {
                Protocol.Flush();
            }
        }

        if (_socket is { } open && output.Length == 0 && (Protocol.Failed || IsFinished))
        {
            LetGo();
            LingeringClose.Begin(open, TimeSpan.FromSeconds(2));
        }
    }

    /// <summary>Looks whether the peer has vanished without a word; about once a second, while requests run.</summary>
    protected void LookForLife()
    {
        var quiet = tools.Loop.Now - QuietSince;
        if (quiet >= 2 * PatienceMilliseconds && Protocol.AwaitsPong)
        {
            Lose();
        }
        else if (quiet >= PatienceMilliseconds && !Protocol.AwaitsPong)
        {
            Protocol.Ping();
            Schedule();
        }
    }

    /// <summary>Ends the connection at once.</summary>
    protected void Lose()
    {
        if (_socket is { } socket)
        {
            LetGo();
            socket.Abort();
        }
    }

    private void LetGo()
    {
        _socket = null;
        Protocol.Abort();
        OnLost();
    }

    private static MultiplexedStream Of(Http2Stream stream) => (MultiplexedStream)stream.Owner!;
}
