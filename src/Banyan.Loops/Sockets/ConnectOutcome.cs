namespace Banyan.Loops.Sockets;

/// <summary>How opening a connection went, and why.</summary>
/// <param name="Status">The kind of outcome.</param>
/// <param name="Error">The error number (<see cref="Errno"/>); 0 when connected or when TLS failed.</param>
/// <param name="Text">What TLS says about it; null otherwise.</param>
public readonly record struct ConnectOutcome(ConnectStatus Status, int Error = 0, string? Text = null)
{
    /// <summary>The outcome that stands for an error number; 0 is connected.</summary>
    public static ConnectOutcome Of(int error) => new(
        error switch
        {
            0 => ConnectStatus.Connected,

            // A Unix socket whose queue is full says 'again', and one without a file 'no entry': nobody accepts there.
            Errno.ConnectionRefused or Errno.Again or Errno.NoEntry => ConnectStatus.Refused,
            Errno.NetworkUnreachable or Errno.HostUnreachable => ConnectStatus.Unreachable,
            Errno.TimedOut => ConnectStatus.TimedOut,
            Errno.ProcessFilesExhausted or Errno.SystemFilesExhausted or Errno.AddressNotAvailable or Errno.NoBuffers or Errno.OutOfMemory => ConnectStatus.Exhausted,
            _ => ConnectStatus.Failed,
        },
        error);

    /// <inheritdoc/>
    public override string ToString() => Error != 0 ? Errno.Describe(Error) : Text ?? Status.ToString();
}
