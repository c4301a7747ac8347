using Banyan.Loops.Tests.Running;
using Banyan.Loops.Timers;
using Banyan.Testing;

namespace Banyan.Loops.Tests.Timers;

public sealed class LoopTimerTests
{
    [Fact]
    public async Task Timer_on_a_moved_clock_falls_due_when_its_time_has_come()
    {
        var clock = new ManualClock();
        using var running = new RunningLoop(clock);
        var owner = new RecordingTimerOwner();
        var timer = new LoopTimer(running.Loop, owner);
        await running.On(() => timer.Arm(TimeSpan.FromSeconds(30)));

        clock.Advance(TimeSpan.FromMilliseconds(29_999));
        Assert.Equal((29_999, 0), await running.On(() => (running.Loop.Now, owner.Fired.Count)));

        clock.Advance(TimeSpan.FromMilliseconds(1));
        await Eventually.True(async () => await running.On(() => owner.Fired.Count) == 1, "the timer fell due");
        Assert.Equal(1, running.Loop.Statistics.TimersFired);
    }

    [Fact]
    public async Task Timer_on_the_system_clock_ends_the_wait()
    {
        using var running = new RunningLoop();
        var fired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var owner = new RecordingTimerOwner { Then = _ => fired.SetResult() };
        var timer = new LoopTimer(running.Loop, owner);

        await running.On(() => timer.Arm(20));

        await fired.Task.WaitAsync(Eventually.Deadline);
    }

    [Fact]
    public async Task Timer_whose_owner_throws_tells_the_owner_and_the_loop_goes_on()
    {
        var clock = new ManualClock();
        using var running = new RunningLoop(clock);
        var owner = new RecordingTimerOwner { Then = _ => throw new InvalidOperationException("poison") };
        var timer = new LoopTimer(running.Loop, owner);
        await running.On(() => timer.Arm(10));

        clock.Advance(TimeSpan.FromMilliseconds(10));
        await Eventually.True(async () => await running.On(() => owner.Faults.Count) == 1, "told");

        Assert.Equal("poison", Assert.Single(running.Faults).Message);
        running.Faults.Clear();
        Assert.Equal(7, await running.On(() => 7));
    }

    [Fact]
    public void Arm_again_and_again_allocates_nothing()
    {
        var wheel = new TimerWheel();
        var owner = new CountingOwner();
        var timer = new LoopTimer(wheel, owner);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100_000; i++)
        {
            timer.Arm(1 + (i * 7919 % 60_000));
            if (i % 10 == 0)
            {
                wheel.Now += 1000;
                while (wheel.TakeDue() is { } due)
                {
                    due.Owner.OnTimer(due);
                }
            }
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(owner.Fired > 0);
    }

    private sealed class CountingOwner : ITimerOwner
    {
        public int Fired { get; private set; }

        public void OnTimer(LoopTimer timer) => Fired++;

        public void OnTimerFault(LoopTimer timer, Exception fault) => throw fault;
    }
}
