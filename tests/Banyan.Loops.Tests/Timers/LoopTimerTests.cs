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
        await Eventually.True(async () => await running.On(() => running.Loop.Now) == 29_999, "the loop knows the time");
        Assert.Equal(0, await running.On(() => owner.Fired.Count));

        clock.Advance(TimeSpan.FromMilliseconds(1));
        await Eventually.True(async () => await running.On(() => owner.Fired.Count) == 1, "the timer fell due");
        Assert.Equal(1, running.Loop.Statistics.TimersFired);
    }

    [Fact]
    public async Task Timer_on_a_clock_that_moves_while_the_loop_goes_to_sleep_falls_due_in_time()
    {
        var clock = new HastyClock(TimeSpan.FromSeconds(10));
        using var running = new RunningLoop(clock);
        var fired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var timer = new LoopTimer(running.Loop, new RecordingTimerOwner { Then = _ => fired.SetResult() });
        await running.On(() => timer.Arm(TimeSpan.FromSeconds(30)));
        await Eventually.True(() => clock.Alarms >= 2, "the alarm is set again for what is left");

        clock.Hand.Advance(TimeSpan.FromSeconds(20));

        await fired.Task.WaitAsync(Eventually.Deadline);
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

        Assert.Equal(0, Allocations.InSteadyState(() =>
        {
            for (var i = 0; i < 10_000; i++)
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
        }));
        Assert.True(owner.Fired > 0);
    }

    /// <summary>Moves on just before its first alarm is set.</summary>
    private sealed class HastyClock(TimeSpan by) : TimeProvider
    {
        private readonly TimeSpan _by = by;
        private int _alarms;

        public ManualClock Hand { get; } = new();

        public int Alarms => Volatile.Read(ref _alarms);

        public override long TimestampFrequency => Hand.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => Hand.GetUtcNow();

        public override long GetTimestamp() => Hand.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new Alarm(this, Hand.CreateTimer(callback, state, dueTime, period));

        private sealed class Alarm(HastyClock clock, ITimer timer) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                if (dueTime != Timeout.InfiniteTimeSpan && Interlocked.Increment(ref clock._alarms) == 1)
                {
                    clock.Hand.Advance(clock._by);
                }

                return timer.Change(dueTime, period);
            }

            public void Dispose() => timer.Dispose();

            public ValueTask DisposeAsync() => timer.DisposeAsync();
        }
    }

    private sealed class CountingOwner : ITimerOwner
    {
        public int Fired { get; private set; }

        public void OnTimer(LoopTimer timer) => Fired++;

        public void OnTimerFault(LoopTimer timer, Exception fault) => throw fault;
    }
}
