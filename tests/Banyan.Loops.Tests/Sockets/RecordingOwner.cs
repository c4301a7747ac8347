using Banyan.Loops.Sockets;

namespace Banyan.Loops.Tests.Sockets;

/// <summary>Notes every call in order, receives all there is, and does what a test asks.</summary>
internal sealed class RecordingOwner : IStreamOwner
{
    private readonly TaskCompletionSource<ConnectOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<ConnectOutcome> Outcome => _outcome.Task;

    public List<string> Calls { get; } = [];

    public MemoryStream Received { get; } = new();

    /// <summary>What the latest receive said; nothing was there before the first.</summary>
    public IoResult Last { get; private set; } = IoResult.WouldBlock;

    public Action<LoopStream>? WhenReadable { get; set; }

    public void OnConnected(LoopStream stream, in ConnectOutcome outcome)
    {
        Calls.Add("connected " + outcome.Status);
        _outcome.SetResult(outcome);
    }

    public void OnReadable(LoopStream stream)
    {
        Calls.Add("readable");
        if (WhenReadable is not null)
        {
            WhenReadable(stream);
            return;
        }

        while (!stream.IsClosed)
        {
            Last = stream.Receive(stream.Loop.ReceiveBuffer);
            if (Last.Status != IoStatus.Done)
            {
                return;
            }

            Received.Write(stream.Loop.ReceiveBuffer[..Last.Count]);
        }
    }

    public void OnWritable(LoopStream stream) => Calls.Add("writable");

    public void OnHangUp(LoopStream stream) => Calls.Add("hang-up");

    public void OnFault(LoopStream stream, Exception fault) => Calls.Add("fault " + fault.Message);
}
