namespace Banyan.Loops.Timers;

/// <summary>Who is called when a timer falls due, on the timer's loop.</summary>
public interface ITimerOwner
{
    /// <summary>The timer fell due and is disarmed; it may be armed again here.</summary>
    void OnTimer(LoopTimer timer);

    /// <summary><see cref="OnTimer"/> threw, which is a defect; let go of what is held.</summary>
    void OnTimerFault(LoopTimer timer, Exception fault);
}
