using System.Net.Security;
using System.Security.Authentication;

using Banyan.Loops.Buffers;
using Banyan.Loops.Sockets;
using Banyan.Loops.Timers;

namespace Banyan.Loops.Portable;

// Between the framework's TLS and the socket: the handshake, what is sealed and opened, failures, and the end. What that TLS throws is no closed set, and whatever it
// is ends the connection.
public sealed partial class PortableTls
{
    // A record (RFC 8446 section 5.1) with a fatal alert: unrecognized_name, 112 (RFC 6066 section 3). The framework only ends the connection.
    private static readonly byte[] UnrecognizedName = [0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x70];

    private SslClientAuthenticationOptions? _clientOptions;

    /// <summary>The loop has closed the socket: what is held goes too.</summary>
    internal void Release()
    {
        if (_closed)
        {
            return;
        }

        _closed = true;
        _closing = false;
        _closingDeadline?.Dispose();
        _sealed.Break(Errno.BadDescriptor);
        _ssl.Dispose();
        Return(ref _opened);
        Return(ref _plain);
    }

    void IStreamOwner.OnConnected(LoopStream stream, in ConnectOutcome outcome)
    {
        if (outcome.Status == ConnectStatus.Connected)
        {
            _ = GreetServerAsync();
            return;
        }

        Release();
        Owner?.OnConnected(this, outcome);
    }

    void IStreamOwner.OnReadable(LoopStream stream) => _sealed.OnReadable();

    void IStreamOwner.OnWritable(LoopStream stream) => _sealed.OnWritable();

    void IStreamOwner.OnHangUp(LoopStream stream)
    {
        Break(Errno.ConnectionReset, "the connection was reset");
        ReadAgain();
    }

    void IStreamOwner.OnFault(LoopStream stream, Exception fault)
    {
        Release();
        Owner?.OnFault(this, fault);
    }

    void ITimerOwner.OnTimer(LoopTimer timer) => Abort();

    void ITimerOwner.OnTimerFault(LoopTimer timer, Exception fault) => Abort();

    private void Attach(LoopStream socket)
    {
        _socket = socket;
        _sealed = new SealedStream(socket);
        _ssl = new SslStream(_sealed, leaveInnerStreamOpen: true);
        socket.Owner = this;
    }

    private async Task GreetClientAsync(Func<string, SslServerAuthenticationOptions?> choose)
    {
        try
        {
            await _ssl.AuthenticateAsServerAsync(
                (_, hello, _, _) =>
                {
                    if (choose(hello.ServerName) is { } options)
                    {
                        return ValueTask.FromResult(options);
                    }

                    _ = _socket.Send(UnrecognizedName);
                    throw new AuthenticationException($"There is no certificate for '{hello.ServerName}'.");
                },
                null).ConfigureAwait(false);
            OnLoop(Establish);
        }
        catch (Exception e)
        {
            OnLoop(() => Lose(e));
        }
    }

    private async Task GreetServerAsync()
    {
        try
        {
            await _ssl.AuthenticateAsClientAsync(_clientOptions!).ConfigureAwait(false);
            OnLoop(Establish);
        }
        catch (Exception e)
        {
            OnLoop(() => Lose(e));
        }
    }

    private void Establish()
    {
        if (_closed)
        {
            return;
        }

        if (_closing)
        {
            Finish();
            return;
        }

        _established = true;
        _outcomeDue = _client;
        TellWaiting();
        Watch();
        ReadAgain();
    }

    private void TellOutcome()
    {
        if (_established)
        {
            Owner?.OnConnected(this, new ConnectOutcome(ConnectStatus.Connected));
            return;
        }

        var outcome = _sealed.Error != 0 ? ConnectOutcome.Of(_sealed.Error) : new ConnectOutcome(ConnectStatus.TlsFailed, 0, Failure);
        var owner = Owner;
        Abort();
        owner?.OnConnected(this, outcome);
    }

    /// <summary>Waits, without a buffer, until there is something to open; that may be so at once.</summary>
    private void Watch()
    {
        var wait = _ssl.ReadAsync(Memory<byte>.Empty);
        if (wait.IsCompletedSuccessfully)
        {
            _ = wait.Result;
            _dataWaits = true;
            ReadAgain();
            return;
        }

        _reading = true;
        _ = FinishReadAsync(wait, null);
    }

    /// <summary>Opens what arrived.</summary>
    private void Open()
    {
        if (Loop.Blocks.TryRent() is not { } block)
        {
            Break(Errno.NoBuffers, "no memory is left for what is opened");
            return;
        }

        _dataWaits = false;
        var read = _ssl.ReadAsync(block.Memory);
        if (read.IsCompletedSuccessfully)
        {
            TakeRead(read.Result, block);
            return;
        }

        _reading = true;
        _ = FinishReadAsync(read, block);
    }

    private async Task FinishReadAsync(ValueTask<int> read, Block? block)
    {
        try
        {
            var count = await read.ConfigureAwait(false);
            OnLoop(() => EndRead(count, block));
        }
        catch (Exception e)
        {
            OnLoop(() =>
            {
                Return(ref block);
                Lose(e);
            });
        }
    }

    private void EndRead(int count, Block? block)
    {
        _reading = false;
        if (_closed)
        {
            Return(ref block);
            return;
        }

        if (block is null)
        {
            _dataWaits = true;
        }
        else
        {
            TakeRead(count, block);
        }

        ReadAgain();
    }

    private void TakeRead(int count, Block block)
    {
        if (count > 0)
        {
            block.Add(count);
            _opened = block;
            return;
        }

        Return(ref block!);
        if (_sealed.Ended)
        {
            Break(Errno.ConnectionReset, "the other side ended without close_notify");
        }
        else
        {
            _ended = true;
        }
    }

    /// <summary>Seals and sends what is in <see cref="_plain"/>.</summary>
    private void Write(Block block)
    {
        var write = _ssl.WriteAsync(block.Memory[..block.End]);
        if (write.IsCompletedSuccessfully)
        {
            Return(ref _plain);
        }
        else
        {
            _ = FinishWriteAsync(write);
        }
    }

    private async Task FinishWriteAsync(ValueTask write)
    {
        try
        {
            await write.ConfigureAwait(false);
            OnLoop(EndWrite);
        }
        catch (Exception e)
        {
            OnLoop(() => Lose(e));
        }
    }

    private void EndWrite()
    {
        if (_closed)
        {
            return;
        }

        Return(ref _plain);
        if (_shutdownWhenSent || _closing)
        {
            _shutdownWhenSent = false;
            _ = SayEndAsync();
        }

        TellWaiting();
    }

    private async Task SayEndAsync()
    {
        _endSaid = true;
        try
        {
            await _ssl.ShutdownAsync().ConfigureAwait(false);
            OnLoop(EndSaid);
        }
        catch (Exception e)
        {
            OnLoop(() => Lose(e));
        }
    }

    private void EndSaid()
    {
        if (_closing)
        {
            Finish();
        }
        else if (!_closed)
        {
            _socket.ShutdownSend();
        }
    }

    private void TellWaiting()
    {
        if (_ownerWaits && !IsClosed)
        {
            _tellsWritable = true;
            ReadAgain();
        }
    }

    private void Lose(Exception e)
    {
        if (_closed)
        {
            return;
        }

        var words = e.InnerException is { } inner && !_established ? $"{e.Message} {inner.Message}" : e.Message;
        Break(_sealed.Error != 0 ? _sealed.Error : _sealed.Ended ? Errno.ConnectionReset : Errno.Protocol, words);
        if (_closing)
        {
            Finish();
            return;
        }

        _outcomeDue = _client && !_established;
        TellWaiting();
        ReadAgain();
    }

    /// <summary>Nothing can be received or sent any more.</summary>
    private void Break(int error, string words)
    {
        _reading = false;
        _error = _error == 0 ? error : _error;
        Failure ??= words;
    }

    private void Finish()
    {
        _socket.Close();
        Release();
    }

    private void Return(ref Block? block)
    {
        if (block is { } held)
        {
            block = null;
            Loop.Blocks.Return(held);
        }
    }

    /// <summary>What the framework ended is taken up on the loop; it nearly always ends there.</summary>
    private void OnLoop(Action action)
    {
        if (Loop.IsCurrent)
        {
            action();
        }
        else
        {
            Loop.Post(static state => ((Action)state!)(), action);
        }
    }
}
