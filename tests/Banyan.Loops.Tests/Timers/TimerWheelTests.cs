using Banyan.Loops.Timers;

namespace Banyan.Loops.Tests.Timers;

public sealed class TimerWheelTests
{
    private readonly TimerWheel _wheel = new();
    private readonly RecordingTimerOwner _owner = new();

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(30_000)]
    [InlineData(3_600_000)]
    [InlineData(30L * 24 * 3_600_000)]
    public void Timer_falls_due_at_its_millisecond_and_not_before(long after)
    {
        var timer = Timer();
        _wheel.Now = 12_345;
        Due();
        timer.Arm(after);

        Assert.Empty(Due(12_345 + after - 1));
        Assert.Equal([timer], Due(12_345 + after));
        Assert.False(timer.IsArmed);
        Assert.Equal(0, _wheel.Linked);
    }

    [Fact]
    public void Timer_beyond_the_wheel_moves_on_and_falls_due_in_its_time()
    {
        var timer = Timer();
        var fiveYears = 5L * 365 * 24 * 3_600_000;
        timer.Arm(fiveYears);

        while (_wheel.NextSlot < fiveYears)
        {
            Assert.Empty(Due(_wheel.NextSlot));
        }

        Assert.Equal([timer], Due(fiveYears));
    }

    [Fact]
    public void NextSlot_of_an_empty_wheel_is_never()
    {
        Assert.Equal(LoopTimer.Never, _wheel.NextSlot);
        var timer = Timer();
        timer.Arm(10);
        Assert.Equal(10, _wheel.NextSlot);
        timer.Dispose();
        Assert.Equal(LoopTimer.Never, _wheel.NextSlot);
    }

    [Fact]
    public void Arm_to_later_leaves_the_timer_in_its_slot_and_to_earlier_moves_it()
    {
        var timer = Timer();
        timer.Arm(50);
        timer.Arm(60);
        Assert.Equal(50, timer.Slot);
        timer.Arm(20);
        Assert.Equal(20, timer.Slot);
        timer.Arm(60);
        Assert.Equal(20, timer.Slot);

        Assert.Empty(Due(59));
        Assert.Equal([timer], Due(60));
    }

    [Fact]
    public void Cancel_then_Arm_again_falls_due_once()
    {
        var timer = Timer();
        timer.Arm(10);
        timer.Cancel();
        Assert.False(timer.IsArmed);
        Assert.Empty(Due(5));
        timer.Arm(10);

        Assert.Equal([timer], Due(100));
        Assert.Empty(Due(200));
    }

    [Fact]
    public void Cancelled_timer_leaves_the_wheel_when_its_slot_comes()
    {
        var timer = Timer();
        timer.Arm(100);
        timer.Cancel();
        Assert.Equal(1, _wheel.Linked);

        Assert.Empty(Due(100));
        Assert.Equal(0, _wheel.Linked);
    }

    [Fact]
    public void Dispose_by_another_timer_of_the_same_millisecond_keeps_it_from_falling_due()
    {
        // Linked last is called first.
        var second = Timer();
        var first = Timer();
        second.Arm(5000);
        first.Arm(5000);
        _owner.Then = _ => second.Dispose();

        Assert.Equal([first], Due(5000));
        Assert.Equal(0, _wheel.Linked);
    }

    [Fact]
    public void Arm_from_within_the_call_falls_due_again_later()
    {
        var timer = Timer();
        timer.Arm(10);
        _owner.Then = t => t.Arm(10);

        Assert.Equal([timer], Due(25));
        Assert.Equal([timer], Due(35));
    }

    [Theory]
    [InlineData(1, 10)]
    [InlineData(2, 1_000)]
    [InlineData(3, 100_000)]
    [InlineData(4, 50_000_000)]
    public void Timers_against_a_sorted_list_fall_due_alike(int seed, int mostMilliseconds)
    {
        var random = new Random(seed);
        var timers = Enumerable.Range(0, 100).Select(_ => Timer()).ToArray();
        var model = new Dictionary<LoopTimer, long>();
        for (var step = 0; step < 4_000; step++)
        {
            var timer = timers[random.Next(timers.Length)];
            switch (random.Next(10))
            {
                case < 5:
                    var after = random.NextInt64(1, mostMilliseconds);
                    timer.Arm(after);
                    model[timer] = _wheel.Now + after;
                    break;
                case 5:
                    timer.Cancel();
                    model.Remove(timer);
                    break;
                case 6:
                    timer.Dispose();
                    model.Remove(timer);
                    break;
                default:
                    var now = _wheel.Now + random.NextInt64(0, (mostMilliseconds / 10) + 2);
                    var expected = model.Where(m => m.Value <= now).OrderBy(m => m.Value).ToList();
                    expected.ForEach(m => model.Remove(m.Key));
                    var due = Due(now);
                    Assert.True(expected.Select(m => m.Value).SequenceEqual(due.Select(t => expected.First(m => m.Key == t).Value)), $"seed {seed}, step {step}: not in order of deadline");
                    Assert.Equal(expected.Select(m => m.Key).ToHashSet(), [.. due]);
                    break;
            }

            var next = model.Count == 0 ? LoopTimer.Never : model.Values.Min();
            Assert.True(_wheel.NextSlot <= next, $"seed {seed}, step {step}: the loop would sleep past {next}");
            Assert.All(timers, t => Assert.Equal(model.ContainsKey(t), t.IsArmed));
        }
    }

    private LoopTimer Timer() => new(_wheel, _owner);

    private List<LoopTimer> Due(long now = -1)
    {
        _owner.Fired.Clear();
        _wheel.Now = now < 0 ? _wheel.Now : now;
        while (_wheel.TakeDue() is { } timer)
        {
            timer.Owner.OnTimer(timer);
        }

        return [.. _owner.Fired];
    }
}
