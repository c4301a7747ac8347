using System.Runtime.InteropServices;

using Banyan.Loops.Sockets;
using Banyan.Loops.Timers;

namespace Banyan.Loops.Tls;

// Between OpenSSL and the socket: the handshake, sealed bytes both ways, failures, and the end.
public sealed unsafe partial class TlsStream
{
    internal static TlsStream Accept(TlsServerContext context, nint nativeContext, LoopSocket socket)
    {
        var stream = new TlsStream(socket.Loop, context, nativeContext) { _socket = socket };
        LibSsl.AcceptState(stream._ssl);
        socket.Owner = stream;
        return stream;
    }

    internal static TlsStream Connect(TlsClientContext context, nint nativeContext, EventLoop loop, in LoopAddress address, string serverName, IStreamOwner owner)
    {
        var stream = new TlsStream(loop, context, nativeContext) { _client = true, ServerName = serverName, Owner = owner };
        LibSsl.ConnectState(stream._ssl);
        context.Prepare(stream._ssl, serverName);
        stream._socket = LoopSocket.Connect(loop, address, stream);
        return stream;
    }

    /// <summary>OpenSSL wants sealed bytes; its result.</summary>
    internal int ReadSealed(Span<byte> into)
    {
        if (_retryMarked)
        {
            _retryMarked = false;
            LibCrypto.BioClearFlags(_bio, LibCrypto.BioRead | LibCrypto.BioShouldRetry);
        }

        var result = _socket.Receive(into);
        switch (result.Status)
        {
            case IoStatus.Done:
                return result.Count;
            case IoStatus.WouldBlock:
                _retryMarked = true;
                LibCrypto.BioSetFlags(_bio, LibCrypto.BioRead | LibCrypto.BioShouldRetry);
                return -1;
            case IoStatus.End:
                SealedEnd = true;
                return 0;
            default:
                _receiveError = result.Error;
                return -1;
        }
    }

    /// <summary>OpenSSL has sealed bytes. They are kept whatever happens; what goes wrong shows when they are sent.</summary>
    internal void WriteSealed(ReadOnlySpan<byte> bytes)
    {
        if (!_scratch.TryAdd(bytes))
        {
            Flush();
            Pass(bytes);
        }
    }

    /// <summary>The loop has closed the socket: the native memory goes too.</summary>
    internal void Release()
    {
        if (_ssl == 0)
        {
            return;
        }

        _closingDeadline?.Dispose();
        _unsent.Clear(Loop.Blocks);
        LibSsl.Free(_ssl);
        _ssl = 0;
        _bio = 0;
        _mayRead = false;
        Interlocked.Decrement(ref s_open);
    }

    void IStreamOwner.OnConnected(LoopStream stream, in ConnectOutcome outcome)
    {
        if (outcome.Status != ConnectStatus.Connected)
        {
            Release();
            Owner?.OnConnected(this, outcome);
            return;
        }

        Handshake();
    }

    void IStreamOwner.OnReadable(LoopStream stream)
    {
        if (_closing)
        {
            // Nothing is read any more; a reset ends the waiting.
            if (_socket.IsGone)
            {
                Finish();
            }

            return;
        }

        if (!_established && _receiveError == 0)
        {
            Handshake();
            return;
        }

        _mayRead = true;
        Deliver();
    }

    void IStreamOwner.OnWritable(LoopStream stream)
    {
        while (!_unsent.IsEmpty && _sendError == 0)
        {
            var offered = _unsent.First.Length + _unsent.Second.Length;
            var result = _unsent.Second.IsEmpty ? _socket.Send(_unsent.First) : _socket.Send(_unsent.First, _unsent.Second);
            if (result.Status == IoStatus.Failed)
            {
                _sendError = result.Error;
                break;
            }

            _unsent.Consume(result.Count, Loop.Blocks);
            if (result.Count < offered)
            {
                return;
            }
        }

        if (_closing)
        {
            Finish();
            return;
        }

        if (_shutdownWhenSent)
        {
            _shutdownWhenSent = false;
            _socket.ShutdownSend();
        }

        if (_ownerWaits)
        {
            _ownerWaits = false;
            Owner?.OnWritable(this);
        }
    }

    void IStreamOwner.OnHangUp(LoopStream stream)
    {
        // The socket always wants to be read, so it says this by being readable.
    }

    void IStreamOwner.OnFault(LoopStream stream, Exception fault)
    {
        Release();
        Owner?.OnFault(this, fault);
    }

    void ITimerOwner.OnTimer(LoopTimer timer) => Abort();

    void ITimerOwner.OnTimerFault(LoopTimer timer, Exception fault) => Abort();

    private void Handshake()
    {
        Enter();
        var result = LibSsl.Handshake(_ssl);
        if (result == 1)
        {
            Establish();
            Leave();
            Announce();
            return;
        }

        var error = LibSsl.Error(_ssl, result);
        if (error == LibSsl.ErrorWantRead)
        {
            Leave();
            return;
        }

        Break(error);
        Context.Counts.Fail();
        Leave();
        if (_client)
        {
            var outcome = _failedBySystem ? ConnectOutcome.Of(_receiveError) : new ConnectOutcome(ConnectStatus.TlsFailed, 0, Failure);
            _socket.Close();
            Release();
            Owner?.OnConnected(this, outcome);
        }
        else
        {
            Deliver();
        }
    }

    private void Establish()
    {
        _established = true;
        _mayRead = _socket.MayHaveMore || LibSsl.HasPending(_ssl) == 1;
        Resumed = LibSsl.Resumed(_ssl) == 1;
        Context.Counts.Finished(Resumed);

        byte* name;
        uint length;
        LibSsl.SelectedProtocol(_ssl, &name, &length);
        Protocol = length == 0 ? null : Context.ProtocolNamed(new ReadOnlySpan<byte>(name, (int)length));
        if (!_client)
        {
            ServerName = Marshal.PtrToStringUTF8((nint)LibSsl.ServerName(_ssl, 0));
        }
    }

    /// <summary>Tells the owner what it waited for, in order; it may close the stream at each.</summary>
    private void Announce()
    {
        if (_client)
        {
            Owner?.OnConnected(this, new ConnectOutcome(ConnectStatus.Connected));
        }

        if (_ownerWaits && !IsClosed && _unsent.IsEmpty)
        {
            _ownerWaits = false;
            Owner?.OnWritable(this);
        }

        if (_mayRead && !IsClosed)
        {
            Deliver();
        }
    }

    private void Deliver()
    {
        if (WantsRead)
        {
            Owner?.OnReadable(this);
        }
        else if (_socket.IsGone || _receiveError != 0)
        {
            Owner?.OnHangUp(this);
        }
    }

    private IoResult WithoutRecord() => _cleanEnd ? IoResult.End : _receiveError != 0 ? IoResult.Failed(_receiveError) : IoResult.WouldBlock;

    /// <summary>A read gave nothing.</summary>
    private void NoRecord(int result)
    {
        _mayRead = false;
        var error = LibSsl.Error(_ssl, result);
        if (error == LibSsl.ErrorZeroReturn)
        {
            _cleanEnd = true;
        }
        else if (error != LibSsl.ErrorWantRead)
        {
            Break(error);
        }
    }

    /// <summary>OpenSSL cannot go on, and must not be asked to.</summary>
    private void Break(int error)
    {
        _failedBySystem = _receiveError != 0;
        var words = NativeTls.TakeErrors(_failedBySystem ? Errno.Describe(_receiveError) : SealedEnd ? "the other side ended without close_notify" : "no reason given");
        var verified = LibSsl.VerifyResult(_ssl);
        if (verified != 0 && !_established)
        {
            words += ": " + Marshal.PtrToStringUTF8((nint)LibCrypto.VerifyReason(verified));
        }

        Failure = words;
        var number = _failedBySystem ? _receiveError : SealedEnd || error == LibSsl.ErrorSystemCall ? Errno.ConnectionReset : Errno.Protocol;
        _receiveError = number;
        _sendError = number;
        _mayRead = false;
    }

    private void Enter()
    {
        TlsBio.Current = this;

        // OpenSSL judges a call by the thread's errors, which others may have left.
        LibCrypto.ClearErrors();
    }

    private void Leave()
    {
        TlsBio.Current = null;
        Flush();
    }

    private void Flush()
    {
        if (_scratch.Length > 0)
        {
            Pass(_scratch.Sealed);
            _scratch.Clear();
        }
    }

    /// <summary>To the socket; what it does not take waits.</summary>
    private void Pass(ReadOnlySpan<byte> bytes)
    {
        if (_unsent.IsEmpty && !_socket.IsClosed)
        {
            var result = _socket.Send(bytes);
            if (result.Status == IoStatus.Failed)
            {
                _sendError = _sendError == 0 ? result.Error : _sendError;
                return;
            }

            bytes = bytes[result.Count..];
        }

        if (!bytes.IsEmpty && !_unsent.TryAdd(bytes, Loop.Blocks))
        {
            // Half a record is worse than none.
            _sendError = Errno.NoBuffers;
        }
    }

    /// <summary>close_notify, where it may still be said.</summary>
    private void Notify()
    {
        if (_established && !_endSaid && _receiveError == 0 && _sendError == 0)
        {
            Enter();
            _ = LibSsl.Shutdown(_ssl);
            Leave();
        }

        _endSaid = true;
    }

    private void Finish()
    {
        _socket.Close();
        Release();
    }
}
