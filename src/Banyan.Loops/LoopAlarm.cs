namespace Banyan.Loops;

/// <summary>Ends a loop's sleep by the timer of a clock that is not the system's, so that whoever moves that clock moves the loop's timers.</summary>
internal sealed class LoopAlarm(TimeProvider clock, EventLoop loop) : IDisposable
{
    private readonly ITimer _timer = clock.CreateTimer(static state => ((EventLoop)state!).Signal(), loop, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public void Set(TimeSpan after) => _timer.Change(after, Timeout.InfiniteTimeSpan);

    public void Dispose() => _timer.Dispose();
}
