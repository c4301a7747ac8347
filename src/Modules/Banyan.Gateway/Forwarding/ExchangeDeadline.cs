namespace Banyan.Gateway.Forwarding;

/// <summary>
/// The one timer of an exchange. It is always armed for the stage the exchange is in; when it fires, or the client goes away, the token is cancelled and
/// <see cref="Reason"/> says which of the two it was.
/// </summary>
internal sealed class ExchangeDeadline : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenRegistration _client;
    private volatile int _armed = (int)FailureReason.GatewayDefect;
    private volatile bool _clientGone;
    private readonly TimeProvider _clock;
    private long? _end;

    public ExchangeDeadline(TimeProvider clock, CancellationToken clientGone)
    {
        _clock = clock;
        _source = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        _client = clientGone.UnsafeRegister(static state => ((ExchangeDeadline)state!).ClientWent(), this);
    }

    public CancellationToken Token => _source.Token;

    /// <summary>Why the token was cancelled; None while it was not.</summary>
    public FailureReason Reason => !_source.IsCancellationRequested ? FailureReason.None : _clientGone ? FailureReason.ClientGone : (FailureReason)_armed;

    /// <summary>True once the time of all stages together is over.</summary>
    public bool IsTotalOver => _end is { } end && _clock.GetTimestamp() >= end;

    /// <summary>Bounds all stages together from now on; the reason given is the one of the stage it ends in. Null = no bound.</summary>
    public void Bound(TimeSpan? total) => _end = total is { } time ? _clock.GetTimestamp() + (long)(time.TotalSeconds * _clock.TimestampFrequency) : null;

    /// <summary>Starts the time of a stage, in place of the one before.</summary>
    public void Arm(TimeSpan time, FailureReason whenItRunsOut)
    {
        _armed = (int)whenItRunsOut;
        if (_end is { } end)
        {
            var left = _clock.GetElapsedTime(_clock.GetTimestamp(), end);
            time = left < time ? TimeSpan.FromTicks(Math.Max(left.Ticks, 1)) : time;
        }

        _source.CancelAfter(time);
    }

    /// <summary>Ends whatever still waits on the token, without a reason of its own.</summary>
    public void Cancel() => _source.Cancel();

    public void Dispose()
    {
        _client.Dispose();
        _source.Dispose();
    }

    private void ClientWent()
    {
        _clientGone = true;
        _source.Cancel();
    }
}
