using System.Buffers;
using Google.Protobuf;

namespace Banyan.Grpc.Framing;

/// <summary>
/// Makes messages of the bytes of a response stream, in one pooled buffer. The buffer grows with the bytes that really came, never on the word of a header alone.
/// Reading the stream is the caller's, so that a call waits in one place only: <c>Commit(await stream.ReadAsync(Prepare()))</c> until <see cref="TryRead"/> succeeds.
/// </summary>
internal sealed class StreamMessageReader<T>(MessageDecoder<T> decoder) : IDisposable
    where T : class, IMessage<T>
{
    private const int FirstSize = 1024;

    private byte[] _buffer = [];
    private int _start;
    private int _end;
    private int _needed = Frame.HeaderSize;
    private bool _filling;

    private int Buffered => _end - _start;

    /// <summary>The next message, if it is all there.</summary>
    /// <exception cref="GrpcException">The frame is broken or too large.</exception>
    public bool TryRead(out T? message)
    {
        message = null;
        if (Buffered < Frame.HeaderSize)
        {
            _needed = Frame.HeaderSize;
            return false;
        }

        var frame = Frame.Read(_buffer.AsSpan(_start, Frame.HeaderSize), decoder.MaxSize);
        _needed = Frame.HeaderSize + frame.Length;
        if (Buffered < _needed)
        {
            return false;
        }

        message = decoder.Decode(frame.Compressed, _buffer, _start + Frame.HeaderSize, frame.Length);
        _start += _needed;
        return true;
    }

    /// <summary>Where the next bytes go.</summary>
    public Memory<byte> Prepare()
    {
        MakeRoom();
        Volatile.Write(ref _filling, true);
        return _buffer.AsMemory(_end);
    }

    /// <summary>Takes the bytes that came; false at the end of the stream.</summary>
    /// <exception cref="GrpcException">The stream ended within a message.</exception>
    public bool Commit(int count)
    {
        Volatile.Write(ref _filling, false);
        _end += count;
        return count > 0 || (Buffered == 0 ? false : throw Frame.Truncated());
    }

    public void Dispose()
    {
        var buffer = _buffer;
        _buffer = [];
        _start = _end = 0;

        // A read that is under way, or was broken off, may still write into the buffer: then the collector gets it instead of the pool.
        if (buffer.Length > 0 && !Volatile.Read(ref _filling))
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void MakeRoom()
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }

        if (_end < _buffer.Length && _start + _needed <= _buffer.Length)
        {
            return;
        }

        // Doubling keeps the buffer within twice of what was received.
        var target = Buffered < _buffer.Length / 2 ? _buffer : ArrayPool<byte>.Shared.Rent(Math.Max(FirstSize, _buffer.Length * 2));
        _buffer.AsSpan(_start, Buffered).CopyTo(target);
        if (target != _buffer && _buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = target;
        _end = Buffered;
        _start = 0;
    }
}
