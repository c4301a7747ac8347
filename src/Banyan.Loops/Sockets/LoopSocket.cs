using Banyan.Loops.Native;
using Banyan.Loops.Tls;

namespace Banyan.Loops.Sockets;

/// <summary>A stream over a TCP or Unix socket of a loop over epoll. Opened by <see cref="Connect"/> or accepted by a <see cref="LoopListener"/>.</summary>
/// <remarks>
/// Watched by edge. What was reported and not used up is kept in two facts, "may be read" and "sending stands still":
/// <code>
///              event in                       receive: less than asked for, or nothing
///  drained ───────────────▶ may be read ──────────────────────────────────────────────▶ drained
///              send: not all taken            event out
///  sending ───────────────▶ stands still ─────────────▶ sending, and the owner is called
/// </code>
/// Less than asked for means empty (epoll(7)), except after the other side's end was reported: then the end itself is still to be read.
/// </remarks>
public sealed unsafe class LoopSocket : LoopStream, IPollable
{
    private const PollEvents Reading = PollEvents.In | PollEvents.ReadHangUp | PollEvents.Edge;
    private const PollEvents Gone = PollEvents.Error | PollEvents.HangUp;

    private readonly bool _unix;
    private ulong _token;
    private bool _mayRead;
    private bool _endReported;
    private bool _gone;
    private bool _standsStill;
    private bool _connecting;
    private bool _watchesOut;
    private int _connectError;

    private LoopSocket(EventLoop loop, int descriptor, bool unix, in LoopAddress peer)
        : base(loop)
    {
        Descriptor = descriptor;
        _unix = unix;
        Peer = peer;
    }

    /// <inheritdoc/>
    public override LoopAddress Peer { get; }

    /// <inheritdoc/>
    public override bool IsClosed => Descriptor < 0;

    /// <inheritdoc/>
    public override bool SeemsIdle => Descriptor >= 0 && !_mayRead && !_endReported;

    /// <summary>The system's descriptor; −1 once closed. For options this type does not set; it must not be closed or read.</summary>
    public int Descriptor { get; private set; }

    internal override bool MayHaveMore => _mayRead;

    internal override bool IsGone => _gone;

    /// <summary>As <see cref="EventLoop.Connect"/>, on a loop over epoll.</summary>
    public static LoopSocket Connect(EventLoop loop, in LoopAddress address, IStreamOwner owner)
    {
        var unix = address.Kind == AddressKind.Unix;
        var descriptor = Libc.Socket(address.Family, Libc.SockStream | Libc.SockNonBlock | Libc.SockCloseOnExec, 0);
        if (descriptor < 0)
        {
            return Failed(loop, address, owner, Libc.LastError);
        }

        if (!unix)
        {
            SetTcpOptions(descriptor);
        }

        var bytes = stackalloc byte[LoopAddress.MaxSocketAddress];
        new Span<byte>(bytes, LoopAddress.MaxSocketAddress).Clear();
        var length = address.Write(new Span<byte>(bytes, LoopAddress.MaxSocketAddress));
        var error = Libc.Connect(descriptor, bytes, (uint)length) == 0 ? 0 : Libc.LastError;
        if (error is not (0 or Errno.InProgress))
        {
            _ = Libc.Close(descriptor);
            return Failed(loop, address, owner, error);
        }

        var socket = new LoopSocket(loop, descriptor, unix, address) { Owner = owner, _connecting = true, _watchesOut = error != 0 };
        try
        {
            socket.Watch(error == 0 ? Reading : Reading | PollEvents.Out);
        }
        catch (LoopException)
        {
            return Failed(loop, address, owner, Errno.NoBuffers);
        }

        if (error == 0)
        {
            socket.ReadAgain();
        }

        return socket;
    }

    /// <inheritdoc/>
    public override IoResult Receive(Span<byte> into)
    {
        if (!_mayRead)
        {
            return Descriptor < 0 ? IoResult.Failed(Errno.BadDescriptor) : IoResult.WouldBlock;
        }

        while (true)
        {
            nint count;
            fixed (byte* start = into)
            {
                count = Libc.Receive(Descriptor, start, (nuint)into.Length, Libc.MsgDontWait);
            }

            if (count > 0)
            {
                _mayRead = count == into.Length || _endReported;
                return IoResult.Done((int)count);
            }

            if (count == 0)
            {
                return IoResult.End;
            }

            var error = Libc.LastError;
            if (error == Errno.Again)
            {
                _mayRead = false;
                return IoResult.WouldBlock;
            }

            if (error != Errno.Interrupted)
            {
                return IoResult.Failed(error);
            }
        }
    }

    /// <inheritdoc/>
    public override IoResult Send(ReadOnlySpan<byte> bytes)
    {
        while (true)
        {
            nint count;
            fixed (byte* start = bytes)
            {
                count = Libc.Send(Descriptor, start, (nuint)bytes.Length, Libc.MsgDontWait | Libc.MsgNoSignal);
            }

            if (Took(count, bytes.Length) is { } result)
            {
                return result;
            }
        }
    }

    /// <inheritdoc/>
    public override IoResult Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var vectors = stackalloc IoVector[2];
        while (true)
        {
            nint count;
            fixed (byte* one = first, two = second)
            {
                vectors[0] = new IoVector(one, first.Length);
                vectors[1] = new IoVector(two, second.Length);
                var message = new MessageHeader { Vectors = vectors, VectorCount = 2 };
                count = Libc.SendMessage(Descriptor, &message, Libc.MsgDontWait | Libc.MsgNoSignal);
            }

            if (Took(count, first.Length + second.Length) is { } result)
            {
                return result;
            }
        }
    }

    /// <inheritdoc/>
    public override void ShutdownSend()
    {
        if (Descriptor >= 0)
        {
            _ = Libc.Shutdown(Descriptor, Libc.ShutdownWrite);
        }
    }

    /// <inheritdoc/>
    public override void Close()
    {
        _connectError = 0;
        if (Descriptor >= 0)
        {
            Loop.Unwatch(_token);
            _ = Libc.Close(Descriptor);
            Descriptor = -1;
            _mayRead = false;
        }
    }

    /// <inheritdoc/>
    public override void Abort()
    {
        if (Descriptor >= 0 && !_unix)
        {
            // struct linger { on, seconds }: on with no time is a reset.
            var linger = 1L;
            _ = Libc.SetOption(Descriptor, Libc.SolSocket, Libc.SoLinger, &linger, sizeof(long));
        }

        Close();
    }

    /// <inheritdoc/>
    public override bool IsAlive()
    {
        if (Descriptor < 0)
        {
            return false;
        }

        byte one;
        var count = Libc.Receive(Descriptor, &one, 1, Libc.MsgPeek | Libc.MsgDontWait);
        if (count >= 0 || Libc.LastError != Errno.Again)
        {
            return false;
        }

        _mayRead = false;
        return true;
    }

    void IPollable.OnEvents(PollEvents events)
    {
        if (_connecting)
        {
            FinishConnect(events);
            return;
        }

        _gone |= (events & Gone) != 0;
        _endReported |= (events & (PollEvents.ReadHangUp | Gone)) != 0;
        if (_standsStill && (events & (PollEvents.Out | Gone)) != 0)
        {
            _standsStill = false;
            if (_unix && (events & Gone) == 0)
            {
                // A Unix socket would report room each time the other side reads, wanted or not.
                _watchesOut = false;
                Loop.Rewatch(Descriptor, Reading, _token);
            }

            Owner?.OnWritable(this);
        }

        if ((events & (PollEvents.In | PollEvents.ReadHangUp | Gone)) != 0 && Descriptor >= 0)
        {
            _mayRead = true;
            if (WantsRead)
            {
                Owner?.OnReadable(this);
            }
            else if ((events & Gone) != 0)
            {
                Owner?.OnHangUp(this);
            }
        }
    }

    void IPollable.OnFault(Exception fault) => Fail(fault);

    void IPollable.Release()
    {
        Close();
        (Owner as TlsStream)?.Release();
    }

    internal override void CallAgain()
    {
        if (_connectError != 0)
        {
            var outcome = ConnectOutcome.Of(_connectError);
            _connectError = 0;
            Owner?.OnConnected(this, outcome);
        }
        else if (_connecting)
        {
            FinishConnect(PollEvents.None);
        }
        else if (Descriptor >= 0 && WantsRead)
        {
            Owner?.OnReadable(this);
        }
    }

    internal static void SetTcpOptions(int descriptor)
    {
        _ = Libc.TrySetOption(descriptor, Libc.IpProtocolTcp, Libc.TcpNoDelay, 1);
        _ = Libc.TrySetOption(descriptor, Libc.SolSocket, Libc.SoKeepAlive, 1);
        _ = Libc.TrySetOption(descriptor, Libc.IpProtocolTcp, Libc.TcpKeepIdle, 60);
        _ = Libc.TrySetOption(descriptor, Libc.IpProtocolTcp, Libc.TcpKeepInterval, 10);
        _ = Libc.TrySetOption(descriptor, Libc.IpProtocolTcp, Libc.TcpKeepCount, 3);
    }

    /// <summary>A socket that a listener accepted; not watched yet.</summary>
    internal static LoopSocket Accepted(EventLoop loop, int descriptor, bool unix, in LoopAddress peer) => new(loop, descriptor, unix, peer);

    internal void Watch() => Watch(Reading);

    internal override void AssumeReadable() => _mayRead = Descriptor >= 0;

    private static LoopSocket Failed(EventLoop loop, in LoopAddress address, IStreamOwner owner, int error)
    {
        var socket = new LoopSocket(loop, -1, false, address) { Owner = owner, _connectError = error };
        socket.ReadAgain();
        return socket;
    }

    private void Watch(PollEvents events)
    {
        try
        {
            _token = Loop.Watch(Descriptor, events, this);
        }
        catch (LoopException)
        {
            _ = Libc.Close(Descriptor);
            Descriptor = -1;
            throw;
        }
    }

    private void FinishConnect(PollEvents events)
    {
        if (Descriptor < 0)
        {
            return;
        }

        var error = Libc.Option(Descriptor, Libc.SolSocket, Libc.SoError);
        _connecting = false;
        if (error != 0)
        {
            Close();
            Owner?.OnConnected(this, ConnectOutcome.Of(error));
            return;
        }

        // Bytes that came together with the outcome are in the same event and no other.
        _endReported = (events & (PollEvents.ReadHangUp | Gone)) != 0;
        _mayRead = _endReported || (events & PollEvents.In) != 0;
        if (_mayRead)
        {
            ReadAgain();
        }

        Owner?.OnConnected(this, new ConnectOutcome(ConnectStatus.Connected));
    }

    /// <summary>The outcome of a send call; null when it must be repeated.</summary>
    private IoResult? Took(nint count, int offered)
    {
        if (count == offered)
        {
            return IoResult.Done(offered);
        }

        var error = count < 0 ? Libc.LastError : Errno.Again;
        if (error == Errno.Interrupted)
        {
            return null;
        }

        if (error != Errno.Again)
        {
            return IoResult.Failed(error);
        }

        _standsStill = true;
        if (!_watchesOut)
        {
            _watchesOut = true;
            Loop.Rewatch(Descriptor, Reading | PollEvents.Out, _token);
        }

        return count > 0 ? IoResult.Done((int)count) : IoResult.WouldBlock;
    }
}
