using System.Threading.Tasks.Sources;

using Banyan.Loops.Sockets;

namespace Banyan.Loops.Portable;

/// <summary>
/// A loop's stream as the framework's TLS wants one: reads and writes that wait. They end on the loop's thread, so all of TLS runs there.
/// </summary>
/// <param name="socket">What carries the sealed bytes.</param>
internal sealed class SealedStream(LoopStream socket) : Stream, IValueTaskSource<int>, IValueTaskSource
{
    private ManualResetValueTaskSourceCore<int> _read;
    private ManualResetValueTaskSourceCore<bool> _write;
    private Memory<byte> _into;
    private ReadOnlyMemory<byte> _unsent;
    private bool _writing;

    /// <summary>True while a read waits.</summary>
    public bool IsReading { get; private set; }

    /// <summary>True once the other side's end was read.</summary>
    public bool Ended { get; private set; }

    /// <summary>What a receive or a send failed with; 0 when none did.</summary>
    public int Error { get; private set; }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        socket.WantsRead = true;
        if (TryRead(buffer, out var count))
        {
            return Error != 0 ? ValueTask.FromException<int>(Failure()) : new ValueTask<int>(count);
        }

        _into = buffer;
        IsReading = true;
        _read.Reset();
        return new ValueTask<int>(this, _read.Version);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _unsent = buffer;
        if (TryWrite())
        {
            return Error != 0 ? ValueTask.FromException(Failure()) : default;
        }

        _writing = true;
        _write.Reset();
        return new ValueTask(this, _write.Version);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>The socket may be read: goes on with the read that waits; without one, nothing is wanted now.</summary>
    public void OnReadable()
    {
        if (!IsReading)
        {
            socket.WantsRead = false;
        }
        else if (TryRead(_into, out var count))
        {
            EndRead(count);
        }
    }

    /// <summary>The socket takes bytes again.</summary>
    public void OnWritable()
    {
        if (_writing && TryWrite())
        {
            EndWrite();
        }
    }

    /// <summary>Nothing more can be moved: what waits fails.</summary>
    public void Break(int error)
    {
        Error = Error == 0 ? error : Error;
        if (IsReading)
        {
            EndRead(0);
        }

        if (_writing)
        {
            EndWrite();
        }
    }

    int IValueTaskSource<int>.GetResult(short token) => _read.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _read.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _read.OnCompleted(continuation, state, token, flags);

    void IValueTaskSource.GetResult(short token) => _write.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _write.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _write.OnCompleted(continuation, state, token, flags);

    private IOException Failure() => new($"The connection under TLS broke: {Errno.Describe(Error)}.");

    /// <summary>True when the read is over: with bytes, at the end, or failed. A read of no bytes is over when there is something to read.</summary>
    private bool TryRead(Memory<byte> into, out int count)
    {
        count = 0;
        if (Error != 0 || Ended)
        {
            return true;
        }

        if (into.IsEmpty)
        {
            return socket.MayHaveMore;
        }

        var result = socket.Receive(into.Span);
        count = result.Count;
        Ended = result.Status == IoStatus.End;
        Error = result.Error;
        return result.Status != IoStatus.WouldBlock;
    }

    private bool TryWrite()
    {
        while (Error == 0 && !_unsent.IsEmpty)
        {
            var result = socket.Send(_unsent.Span);
            if (result.Status == IoStatus.WouldBlock)
            {
                return false;
            }

            Error = result.Error;
            _unsent = _unsent[result.Count..];
        }

        return true;
    }

    private void EndRead(int count)
    {
        IsReading = false;
        _into = default;
        if (Error != 0)
        {
            _read.SetException(Failure());
        }
        else
        {
            _read.SetResult(count);
        }
    }

    private void EndWrite()
    {
        _writing = false;
        _unsent = default;
        if (Error != 0)
        {
            _write.SetException(Failure());
        }
        else
        {
            _write.SetResult(true);
        }
    }
}
