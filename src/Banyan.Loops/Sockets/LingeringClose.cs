using Banyan.Loops.Timers;

namespace Banyan.Loops.Sockets;

/// <summary>
/// Ends a connection whose other side may still be sending, so that it can read the last answer: our direction is ended, and input is thrown away until its end or a
/// deadline (RFC 9112 section 9.6). Closing at once would make the system reset the connection, and an answer on the way would be lost.
/// </summary>
public sealed class LingeringClose : IStreamOwner, ITimerOwner
{
    // Whoever sends that much to somebody who has said the end is not about to stop.
    private const long MostBytes = 1024 * 1024;

    private readonly LoopStream _stream;
    private readonly LoopTimer _deadline;
    private long _left = MostBytes;

    private LingeringClose(LoopStream stream)
    {
        _stream = stream;
        _deadline = new LoopTimer(stream.Loop, this);
    }

    /// <summary>Takes the stream over; its owner hears nothing more. What was accepted by a send still goes out.</summary>
    public static void Begin(LoopStream stream, TimeSpan atMost)
    {
        var closing = new LingeringClose(stream);
        stream.ShutdownSend();
        stream.Owner = closing;
        closing._deadline.Arm(atMost);
        stream.WantsRead = true;
        stream.ReadAgain();
    }

    /// <inheritdoc/>
    public void OnReadable(LoopStream stream)
    {
        while (true)
        {
            var result = stream.Receive(stream.Loop.ReceiveBuffer);
            _left -= result.Count;
            if (result.Status == IoStatus.WouldBlock)
            {
                return;
            }

            if (result.Status != IoStatus.Done || _left <= 0)
            {
                End();
                return;
            }
        }
    }

    /// <inheritdoc/>
    public void OnHangUp(LoopStream stream) => End();

    /// <inheritdoc/>
    public void OnFault(LoopStream stream, Exception fault) => End();

    /// <inheritdoc/>
    public void OnTimer(LoopTimer timer) => End();

    /// <inheritdoc/>
    public void OnTimerFault(LoopTimer timer, Exception fault) => End();

    /// <inheritdoc/>
    public void OnConnected(LoopStream stream, in ConnectOutcome outcome)
    {
        // Only an open connection is closed this way.
    }

    /// <inheritdoc/>
    public void OnWritable(LoopStream stream)
    {
        // Nothing more is sent.
    }

    private void End()
    {
        _deadline.Dispose();
        _stream.Close();
    }
}
