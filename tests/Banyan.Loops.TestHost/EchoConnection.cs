using Banyan.Loops.Buffers;
using Banyan.Loops.Sockets;

namespace Banyan.Loops.TestHost;

/// <summary>Sends back what it receives: no buffer while the other side reads, one block while it does not, and then it reads no further.</summary>
internal sealed class EchoConnection : IStreamOwner
{
    private Block? _waiting;
    private bool _ended;

    public EchoConnection(EchoServer server, LoopStream stream)
    {
        Server = server;
        stream.Owner = this;
    }

    private EchoServer Server { get; }

    public void OnReadable(LoopStream stream)
    {
        while (stream.WantsRead)
        {
            // Never more than a block has room for.
            var result = stream.Receive(stream.Loop.ReceiveBuffer[..stream.Loop.Blocks.BlockSize]);
            switch (result.Status)
            {
                case IoStatus.Done:
                    Server.Received += result.Count;
                    if (!Echo(stream, stream.Loop.ReceiveBuffer[..result.Count]))
                    {
                        return;
                    }

                    break;
                case IoStatus.WouldBlock:
                    return;
                case IoStatus.End:
                    _ended = true;
                    Server.Ends++;
                    End(stream);
                    return;
                default:
                    Server.Errors.Enqueue(result.Error);
                    End(stream);
                    return;
            }
        }
    }

    public void OnWritable(LoopStream stream)
    {
        var result = stream.Send(_waiting!.Kept);
        if (result.Status == IoStatus.Failed)
        {
            Server.Errors.Enqueue(result.Error);
            End(stream);
            return;
        }

        _waiting.Consume(result.Count);
        if (_waiting.IsEmpty)
        {
            stream.Loop.Blocks.Return(_waiting);
            _waiting = null;
            stream.WantsRead = true;
        }
    }

    public void OnHangUp(LoopStream stream)
    {
        Server.HangUps++;
        End(stream);
    }

    public void OnFault(LoopStream stream, Exception fault)
    {
        Server.FaultsTold++;
        End(stream);
    }

    public void OnConnected(LoopStream stream, in ConnectOutcome outcome) => throw new InvalidOperationException("Nothing was connected.");

    private bool Echo(LoopStream stream, ReadOnlySpan<byte> bytes)
    {
        if (Server.ThrowOn is { } poison && bytes.IndexOf(poison) >= 0)
        {
            throw new InvalidOperationException("poison");
        }

        if (Server.Mute)
        {
            return true;
        }

        bytes = Server.Answer ?? bytes;
        var result = stream.Send(bytes);
        if (result.Status == IoStatus.Failed)
        {
            Server.Errors.Enqueue(result.Error);
            End(stream);
            return false;
        }

        if (result.Count < bytes.Length)
        {
            _waiting = stream.Loop.Blocks.TryRent()!;
            _waiting.Append(bytes[result.Count..]);
            stream.WantsRead = false;
        }

        return true;
    }

    private void End(LoopStream stream)
    {
        if (_waiting is not null)
        {
            stream.Loop.Blocks.Return(_waiting);
            _waiting = null;
        }

        if (_ended && Server.HalfClosed is { } answer)
        {
            stream.Send(answer);
        }

        stream.Close();
        Server.Open--;
    }
}
