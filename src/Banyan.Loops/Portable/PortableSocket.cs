using System.Net.Sockets;

using Banyan.Loops.Buffers;
using Banyan.Loops.Native;
using Banyan.Loops.Sockets;
using Banyan.Loops.Timers;

namespace Banyan.Loops.Portable;

/// <summary>A stream over a socket of the framework, on a portable loop.</summary>
/// <remarks>
/// Receives and sends are tried first, without blocking, as on a <see cref="LoopSocket"/>. What cannot go on is waited for by operations whose ends are reported:
/// <code>
///  nothing to receive ──▶ receive of no bytes runs ──▶ may be read, and the owner is called
///  send not all taken ──▶ send of the next bytes runs (a copy of them, in a block) ──▶ the owner is called
/// </code>
/// An unused connection owns no buffer. What is closed while a send runs ends when it has ended, or after <see cref="ClosingTime"/>.
/// </remarks>
internal sealed class PortableSocket : LoopStream, IPollable, ITimerOwner
{
    private static readonly TimeSpan ClosingTime = TimeSpan.FromSeconds(10);

    // No operation says that a connection is reset while there are bytes to receive; so long it may go unnoticed by who does not want them.
    private const long LookMilliseconds = 1000;

    // Missing only where there was none to be had, until the owner is told so.
    private readonly Socket _socket;
    private readonly SocketOperation _reads;
    private readonly SocketOperation _sends;
    private readonly LoopTimer _timer;
    private readonly bool _unix;
    private readonly ulong _token;
    private Block? _sending;
    private int _sendError;
    private bool _connecting;
    private bool _connectEnded;
    private bool _watching;
    private bool _mayRead;
    private bool _gone;
    private bool _goneTold;
    private bool _ownerWaits;
    private bool _tellsWritable;
    private bool _shutdownWhenSent;
    private bool _closing;
    private bool _closed;

    private PortableSocket(EventLoop loop, Socket? socket, bool unix, in LoopAddress peer)
        : base(loop)
    {
        _socket = socket!;
        _unix = unix;
        Peer = peer;
        _token = loop.Watch(this);
        _reads = new SocketOperation(loop, _token, PollEvents.In);
        _sends = new SocketOperation(loop, _token, PollEvents.Out);
        _timer = new LoopTimer(loop, this);
    }

    /// <inheritdoc/>
    public override LoopAddress Peer { get; }

    /// <inheritdoc/>
    public override bool IsClosed => _closed || _closing;

    /// <inheritdoc/>
    public override bool SeemsIdle => !IsClosed && !_mayRead;

    internal override bool MayHaveMore => _mayRead;

    internal override bool IsGone => _gone;

    /// <summary>As <see cref="EventLoop.Connect"/>.</summary>
    public static PortableSocket Connect(EventLoop loop, in LoopAddress address, IStreamOwner owner)
    {
        var unix = address.Kind == AddressKind.Unix;
        var endpoint = address.ToEndPoint();
        Socket? socket = null;
        var error = SocketError.Success;
        try
        {
            socket = new Socket(endpoint.AddressFamily, SocketType.Stream, unix ? ProtocolType.Unspecified : ProtocolType.Tcp);
            if (!unix)
            {
                SetTcpOptions(socket);
            }
        }
        catch (SocketException e)
        {
            // No descriptor is left, or the system has no addresses of the kind.
            error = e.SocketErrorCode;
        }

        var stream = new PortableSocket(loop, socket, unix, address) { Owner = owner, _connecting = true };
        stream._sends.RemoteEndPoint = endpoint;
        stream._sends.SocketError = error;
        if (error != SocketError.Success || !socket!.ConnectAsync(stream._sends))
        {
            stream._connectEnded = true;
            stream.ReadAgain();
        }

        return stream;
    }

    /// <summary>A socket that a listener accepted.</summary>
    public static PortableSocket Accepted(EventLoop loop, Socket socket, bool unix)
    {
        if (!unix)
        {
            SetTcpOptions(socket);
        }

        socket.Blocking = false;
        var stream = new PortableSocket(loop, socket, unix, unix ? default : LoopAddress.Of(socket.RemoteEndPoint));
        stream.Watch();
        return stream;
    }

    /// <inheritdoc/>
    public override IoResult Receive(Span<byte> into)
    {
        if (!_mayRead || IsClosed)
        {
            return IsClosed ? IoResult.Failed(Errno.BadDescriptor) : IoResult.WouldBlock;
        }

        var count = _socket.Receive(into, SocketFlags.None, out var error);
        switch (error)
        {
            case SocketError.Success when count > 0:
                if (count < into.Length)
                {
                    // Nothing more is there, but the end may be.
                    Watch();
                }

                return IoResult.Done(count);
            case SocketError.Success:
                return IoResult.End;
            case SocketError.WouldBlock:
                Watch();
                return _mayRead ? Receive(into) : IoResult.WouldBlock;
            default:
                return IoResult.Failed(SocketErrors.Number(error));
        }
    }

    /// <inheritdoc/>
    public override IoResult Send(ReadOnlySpan<byte> bytes) => Send(bytes, default);

    /// <inheritdoc/>
    public override IoResult Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (IsClosed || _shutdownWhenSent)
        {
            return IoResult.Failed(IsClosed ? Errno.BadDescriptor : Errno.BrokenPipe);
        }

        if (_sendError != 0)
        {
            return IoResult.Failed(_sendError);
        }

        if (_sending is not null || _connecting)
        {
            _ownerWaits = true;
            return IoResult.WouldBlock;
        }

        // 1. What the system takes at once.
        var taken = 0;
        if (Offer(ref first, ref taken))
        {
            Offer(ref second, ref taken);
        }

        // 2. What follows is sent by an operation, from a copy: the caller's bytes are lent for the call only.
        if (_sendError == 0 && !(first.IsEmpty && second.IsEmpty))
        {
            taken += SendRest(ref first, ref second);
        }

        if (_sendError != 0)
        {
            return IoResult.Failed(_sendError);
        }

        _ownerWaits = !(first.IsEmpty && second.IsEmpty);
        return IoResult.Done(taken);
    }

    /// <inheritdoc/>
    public override void ShutdownSend()
    {
        if (IsClosed || _connecting)
        {
            return;
        }

        _shutdownWhenSent = true;
        if (_sending is null)
        {
            Shutdown();
        }
    }

    /// <inheritdoc/>
    public override void Close()
    {
        if (IsClosed)
        {
            return;
        }

        if (_sending is null || _sendError != 0)
        {
            Finish(reset: false);
            return;
        }

        // What the owner was told is sent must still go out; nobody but the deadline waits for it.
        _closing = true;
        Owner = null;
        _timer.Arm(ClosingTime);
    }

    /// <inheritdoc/>
    public override void Abort() => Finish(reset: !_unix);

    /// <inheritdoc/>
    public override bool IsAlive()
    {
        if (IsClosed)
        {
            return false;
        }

        Span<byte> one = stackalloc byte[1];
        _socket.Receive(one, SocketFlags.Peek, out var error);
        if (error != SocketError.WouldBlock)
        {
            return false;
        }

        if (_mayRead)
        {
            Watch();
        }

        return !_mayRead;
    }

    void IPollable.OnEvents(PollEvents events)
    {
        if (_closed)
        {
            // The send that ran at the end is over, and its block is nobody's.
            ReturnBlock();
            Loop.Unwatch(_token);
            return;
        }

        if (events == PollEvents.Out)
        {
            if (_connecting)
            {
                FinishConnect();
            }
            else
            {
                FinishSend();
            }

            return;
        }

        _watching = false;
        _mayRead = true;
        _gone |= _reads.SocketError != SocketError.Success;
        Deliver();
    }

    void IPollable.OnFault(Exception fault) => Fail(fault);

    void IPollable.Release()
    {
        Finish(reset: false);
        (Owner as PortableTls)?.Release();
    }

    void ITimerOwner.OnTimer(LoopTimer timer)
    {
        if (_closing)
        {
            Finish(reset: true);
        }
        else if (_mayRead && !WantsRead && !_closed)
        {
            _gone |= _socket.Poll(0, SelectMode.SelectError);
            Deliver();
        }
    }

    void ITimerOwner.OnTimerFault(LoopTimer timer, Exception fault) => Fail(fault);

    internal override void CallAgain()
    {
        if (_connecting)
        {
            if (_connectEnded)
            {
                FinishConnect();
            }

            return;
        }

        if (_tellsWritable)
        {
            _tellsWritable = false;
            TellWritable();
        }

        if (!IsClosed)
        {
            Deliver();
        }
    }

    internal override void AssumeReadable() => _mayRead = !IsClosed;

    private static void SetTcpOptions(Socket socket)
    {
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 60);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 10);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
    }

    /// <summary>Calls the owner for what can be read; when it does not want to, only the connection's loss is told, which has to be looked for.</summary>
    private void Deliver()
    {
        if (WantsRead)
        {
            Owner?.OnReadable(this);
        }
        else if (_gone && !_goneTold)
        {
            _goneTold = true;
            Owner?.OnHangUp(this);
        }
        else if (_mayRead && !_gone)
        {
            _timer.Arm(LookMilliseconds);
        }
    }

    /// <summary>Waits until there is something to receive; that may be so at once.</summary>
    private void Watch()
    {
        _mayRead = false;
        if (_watching)
        {
            return;
        }

        _watching = _socket.ReceiveAsync(_reads);
        if (!_watching)
        {
            _mayRead = true;
            _gone |= _reads.SocketError != SocketError.Success;
            ReadAgain();
        }
    }

    private void FinishConnect()
    {
        if (IsClosed)
        {
            return;
        }

        _connecting = false;
        var error = _sends.SocketError;
        _sends.RemoteEndPoint = null;
        if (error != SocketError.Success)
        {
            Finish(reset: false);
            Owner?.OnConnected(this, ConnectOutcome.Of(SocketErrors.Number(error, _unix)));
            return;
        }

        _socket.Blocking = false;
        Watch();
        if (_ownerWaits)
        {
            _tellsWritable = true;
            ReadAgain();
        }

        Owner?.OnConnected(this, new ConnectOutcome(ConnectStatus.Connected));
    }

    /// <summary>Offers bytes to the system; true when it took all of them.</summary>
    private bool Offer(ref ReadOnlySpan<byte> bytes, ref int taken)
    {
        if (bytes.IsEmpty)
        {
            return true;
        }

        var count = _socket.Send(bytes, SocketFlags.None, out var error);
        if (error is not (SocketError.Success or SocketError.WouldBlock))
        {
            _sendError = SocketErrors.Number(error);
            return false;
        }

        count = Math.Max(0, count);
        taken += count;
        bytes = bytes[count..];
        return bytes.IsEmpty;
    }

    private int SendRest(ref ReadOnlySpan<byte> first, ref ReadOnlySpan<byte> second)
    {
        if (Loop.Blocks.TryRent() is not { } block)
        {
            _sendError = Errno.NoBuffers;
            return 0;
        }

        first = first[block.Append(first)..];
        second = first.IsEmpty ? second[block.Append(second)..] : second;
        var count = block.End;
        _sending = block;
        _sends.SetBuffer(block.Memory[..count]);
        if (!_socket.SendAsync(_sends))
        {
            // It ended at once. If the owner waits, it is told in the same turn.
            EndSend();
            _tellsWritable = true;
            ReadAgain();
        }

        return count;
    }

    private void FinishSend()
    {
        EndSend();
        if (_closing)
        {
            Finish(reset: false);
            return;
        }

        if (_shutdownWhenSent)
        {
            Shutdown();
        }

        TellWritable();
    }

    /// <summary>Calls the owner if a send of its was not taken whole, and none since then was.</summary>
    private void TellWritable()
    {
        if (_ownerWaits)
        {
            _ownerWaits = false;
            Owner?.OnWritable(this);
        }
    }

    private void EndSend()
    {
        ReturnBlock();
        if (_sends.SocketError != SocketError.Success)
        {
            _sendError = SocketErrors.Number(_sends.SocketError);
        }
    }

    private void ReturnBlock()
    {
        if (_sending is { } block)
        {
            _sending = null;
            Loop.Blocks.Return(block);
        }
    }

    private void Shutdown()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // Not connected any more: whoever receives next sees it.
        }
    }

    private void Finish(bool reset)
    {
        if (_closed)
        {
            return;
        }

        _closed = true;
        _closing = false;
        _mayRead = false;
        _timer.Dispose();
        if (reset)
        {
            _socket?.Close(0);
        }
        else
        {
            // The framework resets what it closes while an operation runs, unless the end was said before.
            if (!_connecting)
            {
                Shutdown();
            }

            _socket?.Dispose();
        }

        _reads.Dispose();
        _sends.Dispose();
        if (_sending is null)
        {
            Loop.Unwatch(_token);
        }
    }
}
