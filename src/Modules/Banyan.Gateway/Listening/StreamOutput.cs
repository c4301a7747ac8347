using Banyan.Loops;
using Banyan.Loops.Buffers;
using Banyan.Loops.Sockets;

namespace Banyan.Gateway.Listening;

/// <summary>
/// What is written to one stream: small pieces of one event are gathered and sent in one call, large ones are sent from where they lie, and what the stream does
/// not take waits in blocks.
/// </summary>
/// <param name="gather">Where pieces are gathered; shared by all outputs of one direction on a loop, and empty between events.</param>
internal sealed class StreamOutput(GatherBuffer gather)
{
    // Copying less than this costs less than telling the system of a second place.
    private const int SmallPiece = 16 * 1024;

    private LoopStream? _stream;
    private BlockQueue _kept;

    /// <summary>True while something waits for the stream to take it.</summary>
    public bool IsWaiting => !_kept.IsEmpty;

    /// <summary>True once nothing can be sent any more, or kept.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Bytes the stream has taken since it was attached.</summary>
    public long Sent { get; private set; }

    /// <summary>Begins anew with this stream.</summary>
    public void Attach(LoopStream stream)
    {
        _stream = stream;
        IsBroken = false;
        Sent = 0;
    }

    /// <summary>Lets go of the stream, and of what it has not taken.</summary>
    public void Detach()
    {
        gather.Clear();
        if (IsWaiting)
        {
            _kept.Clear(_stream!.Loop.Blocks);
        }

        _stream = null;
        IsBroken = false;
    }

    /// <summary>Takes the bytes.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (IsBroken || _stream is null)
        {
            return;
        }

        if (IsWaiting)
        {
            Keep(bytes);
        }
        else if (bytes.Length > SmallPiece || !gather.TryAdd(bytes))
        {
            Send(bytes);
        }
    }

    /// <summary>Sends what was gathered.</summary>
    public void Flush()
    {
        if (gather.Length > 0)
        {
            Send(default);
        }
    }

    /// <summary>The stream takes bytes again.</summary>
    public void Drain()
    {
        while (IsWaiting && !IsBroken)
        {
            var result = _kept.Second.IsEmpty ? _stream!.Send(_kept.First) : _stream!.Send(_kept.First, _kept.Second);
            switch (result.Status)
            {
                case IoStatus.Done:
                    Sent += result.Count;
                    _kept.Consume(result.Count, _stream.Loop.Blocks);
                    break;
                case IoStatus.WouldBlock:
                    return;
                default:
                    IsBroken = true;
                    break;
            }
        }
    }

    private void Send(ReadOnlySpan<byte> bytes)
    {
        var gathered = gather.Bytes;
        if (!IsBroken && _stream is { } stream)
        {
            var result = bytes.IsEmpty ? stream.Send(gathered) : gathered.IsEmpty ? stream.Send(bytes) : stream.Send(gathered, bytes);
            if (result.Status == IoStatus.Failed)
            {
                IsBroken = true;
            }
            else
            {
                Sent += result.Count;
                var ofGathered = Math.Min(result.Count, gathered.Length);
                Keep(gathered[ofGathered..]);
                Keep(bytes[(result.Count - ofGathered)..]);
            }
        }

        gather.Clear();
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (!_kept.TryAdd(bytes, _stream!.Loop.Blocks))
        {
            // All memory for this is in use: this connection is given up, so that the others go on.
            IsBroken = true;
        }
    }
}
