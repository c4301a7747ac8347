using Banyan.Loops.Timers;

namespace Banyan.Loops.Tests.Timers;

/// <summary>Notes which timers fell due, in order, and does what a test asks when one does.</summary>
internal sealed class RecordingTimerOwner : ITimerOwner
{
    public List<LoopTimer> Fired { get; } = [];

    public List<Exception> Faults { get; } = [];

    public Action<LoopTimer>? Then { get; set; }

    public void OnTimer(LoopTimer timer)
    {
        Fired.Add(timer);
        Then?.Invoke(timer);
    }

    public void OnTimerFault(LoopTimer timer, Exception fault) => Faults.Add(fault);
}
