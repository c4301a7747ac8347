using System.Runtime.CompilerServices;

namespace Banyan.Loops.Timers;

/// <summary>
/// A deadline that its owner keeps for good and arms again and again; nothing is allocated after construction. Resolution 1 ms, counted from the loop's coarse
/// clock. Used on its loop's thread only.
/// </summary>
/// <remarks>
/// Moving a deadline to later and <see cref="Cancel"/> are one store each: the node stays in its slot of the wheel, and is moved or dropped when that slot comes up.
/// Moving it to earlier relinks it, in constant time.
/// </remarks>
public sealed class LoopTimer : IDisposable
{
    internal const long Never = long.MaxValue;

    private readonly TimerWheel _wheel;

    /// <summary>A timer on the loop, not armed.</summary>
    public LoopTimer(EventLoop loop, ITimerOwner owner)
        : this(loop.Timers, owner)
    {
    }

    internal LoopTimer(TimerWheel wheel, ITimerOwner owner)
    {
        _wheel = wheel;
        Owner = owner;
    }

    /// <summary>True between <see cref="Arm(long)"/> and the call or <see cref="Cancel"/>.</summary>
    public bool IsArmed => Deadline != Never;

    /// <summary>When it falls due, on the loop's clock in milliseconds; meaningless while not armed.</summary>
    public long Deadline { get; internal set; } = Never;

    internal ITimerOwner Owner { get; }

    /// <summary>The time of the slot it is linked in; <see cref="Never"/> when it is not.</summary>
    internal long Slot { get; set; } = Never;

    internal LoopTimer? Next { get; set; }

    internal LoopTimer? Previous { get; set; }

    internal int Level { get; set; }

    internal int Index { get; set; }

    /// <summary>Falls due this many milliseconds from the loop's <see cref="EventLoop.Now"/>; at least 1. Replaces what was armed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Arm(long milliseconds)
    {
        Deadline = _wheel.Now + Math.Max(1, milliseconds);
        if (Deadline < Slot)
        {
            _wheel.Relink(this);
        }
    }

    /// <summary>Falls due after a time, rounded up to milliseconds. Replaces what was armed.</summary>
    public void Arm(TimeSpan after) => Arm((after.Ticks + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond);

    /// <summary>Does not fall due any more. The wheel keeps a reference until the slot comes up; <see cref="Dispose"/> ends that too.</summary>
    public void Cancel() => Deadline = Never;

    /// <summary>Cancels, and leaves the wheel at once. May be armed again.</summary>
    public void Dispose()
    {
        Deadline = Never;
        _wheel.Unlink(this);
    }
}
