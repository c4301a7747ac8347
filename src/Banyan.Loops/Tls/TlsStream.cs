using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;

using Banyan.Loops.Buffers;
using Banyan.Loops.Sockets;
using Banyan.Loops.Timers;

namespace Banyan.Loops.Tls;

/// <summary>A stream of TLS over a socket of a loop, by OpenSSL. Made by <see cref="TlsServerContext.Accept"/> and <see cref="TlsClientContext.Connect"/>.</summary>
/// <remarks>
/// <code>
///  accept / connect ─▶ handshaking ──▶ established ──▶ closing ──▶ closed
///                          │   the other side's end,      (sealed bytes not yet taken by the socket go first)
///                          └─▶ failed ◀── error ──┘
/// </code>
/// Sealed bytes that the socket does not take wait in blocks of the loop, at most two records of them, and while they do no more are sealed: so the owner's rule "what
/// was not taken is offered again" holds byte by byte. An end without close_notify is a failure, because it could be an attacker's (RFC 8446 section 6.1).
/// </remarks>
public sealed unsafe partial class TlsStream : LoopStream, IStreamOwner, ITimerOwner
{
    private static readonly TimeSpan ClosingTime = TimeSpan.FromSeconds(10);

    private static long s_open;

    private readonly TlsScratch _scratch;
    private LoopSocket _socket = null!;
    private nint _ssl;
    private nint _bio;
    private BlockQueue _unsent;
    private LoopTimer? _closingDeadline;
    private int _receiveError;
    private int _sendError;
    private bool _client;
    private bool _established;
    private bool _mayRead;
    private bool _cleanEnd;
    private bool _retryMarked;
    private bool _ownerWaits;
    private bool _endSaid;
    private bool _shutdownWhenSent;
    private bool _closing;
    private bool _failedBySystem;

    private TlsStream(EventLoop loop, TlsContext context, nint nativeContext)
        : base(loop)
    {
        Context = context;
        _scratch = loop.TlsScratch ??= new TlsScratch();
        _ssl = LibSsl.New(nativeContext);
        _bio = TlsBio.Create();
        if (_ssl == 0 || _bio == 0)
        {
            LibSsl.Free(_ssl);
            throw new LoopException($"OpenSSL made no connection object: {NativeTls.TakeErrors("out of memory")}. Limit the number of connections.");
        }

        LibCrypto.BioSetReady(_bio, 1);
        LibSsl.Attach(_ssl, _bio, _bio);
        Interlocked.Increment(ref s_open);
    }

    /// <inheritdoc/>
    public override LoopAddress Peer => _socket.Peer;

    /// <inheritdoc/>
    public override bool IsClosed => _ssl == 0 || _closing;

    /// <inheritdoc/>
    public override bool SeemsIdle => !IsClosed && _established && !_mayRead && _receiveError == 0 && _socket.SeemsIdle;

    /// <summary>True once the handshake is finished.</summary>
    public bool IsEstablished => _established;

    /// <summary>Why the stream failed, in OpenSSL's words; null while it has not.</summary>
    public string? Failure { get; private set; }

    /// <summary>The name the client asked for (SNI), or the one we did; null when there was none. Known once established.</summary>
    public string? ServerName { get; private set; }

    /// <summary>The application protocol agreed on (ALPN); null when none was.</summary>
    public string? Protocol { get; private set; }

    /// <summary>True when the handshake resumed a session.</summary>
    public bool Resumed { get; private set; }

    /// <summary>The version, as <c>TLSv1.3</c>; null before it is established or after it is closed.</summary>
    public string? Version => _established && _ssl != 0 ? Marshal.PtrToStringUTF8((nint)LibSsl.Version(_ssl)) : null;

    internal static long Open => Volatile.Read(ref s_open);

    internal TlsContext Context { get; }

    /// <summary>The socket has ended; asked by OpenSSL.</summary>
    internal bool SealedEnd { get; private set; }

    internal override bool MayHaveMore => _mayRead || _cleanEnd || _receiveError != 0;

    /// <summary>The other side's certificate, which has been verified unless everything is accepted; null when it showed none. A copy, the caller's.</summary>
    public X509Certificate2? PeerCertificate()
    {
        if (_ssl == 0 || !_established)
        {
            return null;
        }

        var certificate = LibSsl.PeerCertificate(_ssl);
        if (certificate == 0)
        {
            return null;
        }

        var bytes = new byte[LibCrypto.CertificateBytes(certificate, null)];
        fixed (byte* start = bytes)
        {
            var end = start;
            _ = LibCrypto.CertificateBytes(certificate, &end);
        }

        LibCrypto.CertificateFree(certificate);
        return X509CertificateLoader.LoadCertificate(bytes);
    }

    /// <inheritdoc/>
    public override IoResult Receive(Span<byte> into)
    {
        if (IsClosed)
        {
            return IoResult.Failed(Errno.BadDescriptor);
        }

        if (!_mayRead)
        {
            return WithoutRecord();
        }

        var count = 0;
        Enter();
        fixed (byte* start = into)
        {
            // Records are small; one call takes as many as there are and fit.
            while (count < into.Length)
            {
                var result = LibSsl.Read(_ssl, start + count, into.Length - count);
                if (result <= 0)
                {
                    NoRecord(result);
                    break;
                }

                count += result;
                if (!_socket.MayHaveMore && LibSsl.HasPending(_ssl) == 0)
                {
                    _mayRead = false;
                    break;
                }
            }
        }

        Leave();
        return count > 0 ? IoResult.Done(count) : WithoutRecord();
    }

    /// <inheritdoc/>
    public override IoResult Send(ReadOnlySpan<byte> bytes) => Send(bytes, default);

    /// <inheritdoc/>
    public override IoResult Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (IsClosed || _endSaid)
        {
            return IoResult.Failed(IsClosed ? Errno.BadDescriptor : Errno.BrokenPipe);
        }

        var taken = 0;
        while (_sendError == 0 && _established && _unsent.IsEmpty && (!first.IsEmpty || !second.IsEmpty))
        {
            var piece = NextPiece(ref first, ref second);
            Enter();
            int result;
            fixed (byte* start = piece)
            {
                result = LibSsl.Write(_ssl, start, piece.Length);
            }

            if (result > 0)
            {
                taken += result;
            }
            else
            {
                Break(LibSsl.Error(_ssl, result));
            }

            Leave();
        }

        if (_sendError != 0)
        {
            return IoResult.Failed(_sendError);
        }

        _ownerWaits = !first.IsEmpty || !second.IsEmpty;
        return taken > 0 ? IoResult.Done(taken) : IoResult.WouldBlock;
    }

    /// <inheritdoc/>
    public override void ShutdownSend()
    {
        if (IsClosed)
        {
            return;
        }

        Notify();
        if (_unsent.IsEmpty)
        {
            _socket.ShutdownSend();
        }
        else
        {
            _shutdownWhenSent = true;
        }
    }

    /// <inheritdoc/>
    public override void Close()
    {
        if (IsClosed)
        {
            return;
        }

        Notify();
        if (_unsent.IsEmpty || _sendError != 0)
        {
            Finish();
            return;
        }

        // What the owner was told is sent must still go out; nobody but the deadline waits for it.
        _closing = true;
        Owner = null;
        _closingDeadline = new LoopTimer(Loop, this);
        _closingDeadline.Arm(ClosingTime);
    }

    /// <inheritdoc/>
    public override void Abort()
    {
        if (_ssl != 0)
        {
            _socket.Abort();
            Release();
        }
    }

    /// <inheritdoc/>
    public override bool IsAlive()
    {
        if (IsClosed || !_established || _receiveError != 0)
        {
            return false;
        }

        if (LibSsl.HasPending(_ssl) == 0 && _socket.IsAlive())
        {
            return true;
        }

        // Bytes on an unused connection may be a session ticket, which OpenSSL uses up without giving data.
        _socket.AssumeReadable();
        byte one;
        Enter();
        var result = LibSsl.Peek(_ssl, &one, 1);
        if (result <= 0)
        {
            NoRecord(result);
        }
        else
        {
            _mayRead = true;
        }

        Leave();
        return result <= 0 && _receiveError == 0 && !_cleanEnd;
    }

    internal override void CallAgain()
    {
        if (!IsClosed && WantsRead && (_established || _receiveError != 0))
        {
            Owner?.OnReadable(this);
        }
    }

    /// <summary>The next plain bytes to seal: as much as one record or two hold, two pieces brought together when the first is small.</summary>
    private ReadOnlySpan<byte> NextPiece(ref ReadOnlySpan<byte> first, ref ReadOnlySpan<byte> second)
    {
        if (first.Length < TlsScratch.Record && !first.IsEmpty && !second.IsEmpty)
        {
            var plain = _scratch.Plain.AsSpan();
            first.CopyTo(plain);
            var ofSecond = Math.Min(second.Length, plain.Length - first.Length);
            second[..ofSecond].CopyTo(plain[first.Length..]);
            plain = plain[..(first.Length + ofSecond)];
            first = default;
            second = second[ofSecond..];
            return plain;
        }

        ref var from = ref first.IsEmpty ? ref second : ref first;
        var piece = from[..Math.Min(from.Length, TlsScratch.Burst)];
        from = from[piece.Length..];
        return piece;
    }
}
