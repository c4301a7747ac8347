using System.Net.Security;

using Banyan.Loops.Buffers;
using Banyan.Loops.Sockets;
using Banyan.Loops.Timers;

namespace Banyan.Loops.Portable;

/// <summary>A stream of TLS over another stream of a loop, by the framework. Made by <see cref="Accept"/> and <see cref="Connect"/>.</summary>
/// <remarks>
/// <code>
///  accept / connect ─▶ handshaking ──▶ established ──▶ closing ──▶ closed
///                          │   the other side's end,      (what was sent goes first)
///                          └─▶ failed ◀── error ──┘
/// </code>
/// The framework's TLS waits by tasks, which end on the loop. What it opened lies in a block until it is received; an unused connection waits with a read of no bytes
/// and owns none. An end without close_notify is a failure, because it could be an attacker's (RFC 8446 section 6.1).
/// </remarks>
public sealed partial class PortableTls : LoopStream, IStreamOwner, ITimerOwner
{
    private static readonly TimeSpan ClosingTime = TimeSpan.FromSeconds(10);

    private LoopStream _socket = null!;
    private SealedStream _sealed = null!;
    private SslStream _ssl = null!;
    private Block? _opened;
    private Block? _plain;
    private LoopTimer? _closingDeadline;
    private int _error;
    private bool _client;
    private bool _outcomeDue;
    private bool _established;
    private bool _reading;
    private bool _dataWaits;
    private bool _ended;
    private bool _ownerWaits;
    private bool _tellsWritable;
    private bool _hangUpTold;
    private bool _endSaid;
    private bool _shutdownWhenSent;
    private bool _closing;
    private bool _closed;

    private PortableTls(EventLoop loop)
        : base(loop)
    {
    }

    /// <inheritdoc/>
    public override LoopAddress Peer => _socket.Peer;

    /// <inheritdoc/>
    public override bool IsClosed => _closed || _closing;

    /// <inheritdoc/>
    public override bool SeemsIdle => !IsClosed && _established && _reading && _error == 0 && _socket.SeemsIdle;

    /// <summary>True once the handshake is finished.</summary>
    public bool IsEstablished => _established;

    /// <summary>Why the stream failed, in the framework's words; null while it has not.</summary>
    public string? Failure { get; private set; }

    /// <summary>The application protocol agreed on (ALPN); null when none was.</summary>
    public string? Protocol => _established && _ssl.NegotiatedApplicationProtocol.Protocol.Length > 0 ? _ssl.NegotiatedApplicationProtocol.ToString() : null;

    internal override bool MayHaveMore => _opened is not null || _dataWaits || _ended || _error != 0;

    /// <summary>Speaks TLS as the server on a stream that was accepted.</summary>
    /// <param name="socket">The stream; taken over.</param>
    /// <param name="choose">How to answer a client that asks for this name (empty: none); null = nobody has the name, and the client hears so (RFC 6066 section 3).</param>
    public static PortableTls Accept(LoopStream socket, Func<string, SslServerAuthenticationOptions?> choose)
    {
        var stream = new PortableTls(socket.Loop);
        stream.Attach(socket);
        _ = stream.GreetClientAsync(choose);
        return stream;
    }

    /// <summary>
    /// Opens a connection and secures it. The outcome comes to <see cref="IStreamOwner.OnConnected"/> after the server's certificate has been verified.
    /// </summary>
    /// <param name="loop">The loop it lives on.</param>
    /// <param name="address">Where to connect.</param>
    /// <param name="options">Whom to expect, and what to offer.</param>
    /// <param name="owner">Who is called.</param>
    public static PortableTls Connect(EventLoop loop, in LoopAddress address, SslClientAuthenticationOptions options, IStreamOwner owner)
    {
        var stream = new PortableTls(loop) { _client = true, _clientOptions = options, Owner = owner };
        stream.Attach(loop.Connect(address, stream));
        return stream;
    }

    /// <inheritdoc/>
    public override IoResult Receive(Span<byte> into)
    {
        if (IsClosed)
        {
            return IoResult.Failed(Errno.BadDescriptor);
        }

        if (_opened is null && _dataWaits && _error == 0)
        {
            Open();
        }

        if (_opened is { } block)
        {
            var count = Math.Min(into.Length, block.Kept.Length);
            block.Kept[..count].CopyTo(into);
            block.Consume(count);
            if (block.IsEmpty)
            {
                _opened = null;
                Loop.Blocks.Return(block);

                // Whoever takes no more now is called when there is more.
                Watch();
            }

            return IoResult.Done(count);
        }

        return _error != 0 ? IoResult.Failed(_error) : _ended ? IoResult.End : IoResult.WouldBlock;
    }

    /// <inheritdoc/>
    public override IoResult Send(ReadOnlySpan<byte> bytes) => Send(bytes, default);

    /// <inheritdoc/>
    public override IoResult Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (IsClosed || _endSaid || _shutdownWhenSent)
        {
            return IoResult.Failed(IsClosed ? Errno.BadDescriptor : Errno.BrokenPipe);
        }

        var taken = 0;
        while (_error == 0 && _established && _plain is null && !(first.IsEmpty && second.IsEmpty))
        {
            if (Loop.Blocks.TryRent() is not { } block)
            {
                Break(Errno.NoBuffers, "no memory is left for what is to be sealed");
                break;
            }

            first = first[block.Append(first)..];
            second = first.IsEmpty ? second[block.Append(second)..] : second;
            taken += block.End;
            _plain = block;
            Write(block);
        }

        if (_error != 0)
        {
            return IoResult.Failed(_error);
        }

        _ownerWaits = !(first.IsEmpty && second.IsEmpty);
        return taken > 0 ? IoResult.Done(taken) : IoResult.WouldBlock;
    }

    /// <inheritdoc/>
    public override void ShutdownSend()
    {
        if (IsClosed || _endSaid)
        {
            return;
        }

        if (_plain is not null)
        {
            _shutdownWhenSent = true;
        }
        else
        {
            _ = SayEndAsync();
        }
    }

    /// <inheritdoc/>
    public override void Close()
    {
        if (IsClosed)
        {
            return;
        }

        // What the owner was told is sent must still go out, and the end behind it; nobody but the deadline waits for it.
        _closing = true;
        Owner = null;
        if (!_established || _error != 0)
        {
            Finish();
        }
        else if (_plain is not null)
        {
            _closingDeadline = new LoopTimer(Loop, this);
            _closingDeadline.Arm(ClosingTime);
        }
        else
        {
            _ = SayEndAsync();
        }
    }

    /// <inheritdoc/>
    public override void Abort()
    {
        if (!_closed)
        {
            _socket.Abort();
            Release();
        }
    }

    /// <inheritdoc/>
    public override bool IsAlive()
    {
        if (IsClosed || !_established || _error != 0 || !_reading)
        {
            return false;
        }

        if (!_socket.IsAlive())
        {
            // Bytes on an unused connection may be a session ticket, which is used up without giving data.
            _socket.AssumeReadable();
            _sealed.OnReadable();
        }

        return _reading && _error == 0;
    }

    internal override void CallAgain()
    {
        if (_outcomeDue && !IsClosed)
        {
            _outcomeDue = false;
            TellOutcome();
        }

        var writable = _tellsWritable && _ownerWaits && !IsClosed;
        _tellsWritable = false;
        if (writable)
        {
            _ownerWaits = false;
            Owner?.OnWritable(this);
        }

        if (IsClosed || !(_established || _error != 0))
        {
            return;
        }

        if (WantsRead)
        {
            Owner?.OnReadable(this);
        }
        else if (_error != 0 && !_hangUpTold)
        {
            _hangUpTold = true;
            Owner?.OnHangUp(this);
        }
    }
}
