using System.Numerics;

namespace Banyan.Loops.Timers;

/// <summary>
/// Hierarchical timing wheel of 1 ms: six levels of 64 slots; a slot of level n spans 64ⁿ ms, so all of 2 years fit. Linking, unlinking and finding the next slot are
/// constant time; a timer moves down at most five times before it falls due.
/// </summary>
/// <remarks>Varghese and Lauck, Hashed and Hierarchical Timing Wheels (1987), scheme 7.</remarks>
internal sealed class TimerWheel
{
    private const int SlotBits = 6;
    private const int Slots = 1 << SlotBits;
    private const int Levels = 6;
    private const int Opened = Levels * Slots;
    private const long Span = 1L << (SlotBits * Levels);

    // The last head is the list of the slot that came up last; it and its mark stand for a level of their own.
    private readonly LoopTimer?[] _heads = new LoopTimer?[Opened + 1];
    private readonly ulong[] _occupied = new ulong[Levels + 1];

    // Everything due until here has been called. Slots are told apart by how they differ from this.
    private long _elapsed;

    /// <summary>The coarse clock in milliseconds, set once a turn; deadlines count from it.</summary>
    public long Now { get; set; }

    /// <summary>Timers in the wheel, armed or cancelled and not yet dropped.</summary>
    public int Linked { get; private set; }

    /// <summary>When the wheel wants to be advanced next; <see cref="LoopTimer.Never"/> when it is empty. A slot of cancelled timers counts too.</summary>
    public long NextSlot
    {
        get
        {
            for (var level = 0; level < Levels; level++)
            {
                if (_occupied[level] != 0)
                {
                    return SlotTime(level, FirstSlot(level));
                }
            }

            return LoopTimer.Never;
        }
    }

    /// <summary>Puts an armed timer where its deadline belongs, wherever it was.</summary>
    public void Relink(LoopTimer timer)
    {
        Unlink(timer);

        // Something due now or longer ago than the wheel has advanced goes to the next millisecond; something beyond the wheel waits at its far end and moves on then.
        var slot = Math.Clamp(timer.Deadline, _elapsed + 1, _elapsed + Span - 1);
        var difference = (ulong)(slot ^ _elapsed) | (Slots - 1);
        var level = Math.Min(BitOperations.Log2(difference) / SlotBits, Levels - 1);
        var index = (int)(slot >> (level * SlotBits)) & (Slots - 1);

        timer.Slot = SlotTime(level, index);
        timer.Level = level;
        timer.Index = index;
        ref var head = ref _heads[(level << SlotBits) + index];
        timer.Next = head;
        timer.Previous = null;
        if (head is not null)
        {
            head.Previous = timer;
        }

        head = timer;
        _occupied[level] |= 1UL << index;
        Linked++;
    }

    /// <summary>Takes a timer out; nothing happens when it is not in.</summary>
    public void Unlink(LoopTimer timer)
    {
        if (timer.Slot == LoopTimer.Never)
        {
            return;
        }

        if (timer.Next is not null)
        {
            timer.Next.Previous = timer.Previous;
        }

        if (timer.Previous is not null)
        {
            timer.Previous.Next = timer.Next;
        }
        else
        {
            _heads[(timer.Level << SlotBits) + timer.Index] = timer.Next;
            if (timer.Next is null)
            {
                _occupied[timer.Level] &= ~(1UL << timer.Index);
            }
        }

        timer.Next = null;
        timer.Previous = null;
        timer.Slot = LoopTimer.Never;
        Linked--;
    }

    /// <summary>
    /// The next timer due at <see cref="Now"/>, disarmed, in order of deadline; null when all are called. The caller asks until null. Timers armed meanwhile fall due
    /// in a later turn, because a deadline is always after <see cref="Now"/>.
    /// </summary>
    public LoopTimer? TakeDue()
    {
        while (true)
        {
            // 1. What the slot that came up last still holds.
            while (_heads[Opened] is { } timer)
            {
                Unlink(timer);
                if (timer.Deadline <= _elapsed)
                {
                    timer.Deadline = LoopTimer.Never;
                    return timer;
                }

                if (timer.Deadline != LoopTimer.Never)
                {
                    Relink(timer);
                }
            }

            // 2. The next slot, if its time has come. It is opened whole: timers left behind in it would be compared with a later time.
            var slot = NextSlot;
            if (slot > Now)
            {
                _elapsed = Math.Max(_elapsed, Now);
                return null;
            }

            Open(slot);
        }
    }

    private void Open(long slot)
    {
        var level = 0;
        while (_occupied[level] == 0)
        {
            level++;
        }

        var index = FirstSlot(level);
        ref var head = ref _heads[(level << SlotBits) + index];
        for (var timer = head; timer is not null; timer = timer.Next)
        {
            timer.Level = Levels;
            timer.Index = 0;
        }

        _heads[Opened] = head;
        head = null;
        _occupied[level] &= ~(1UL << index);
        _elapsed = Math.Max(_elapsed, slot);
    }

    /// <summary>The first occupied slot of a level, counted from where time stands.</summary>
    private int FirstSlot(int level)
    {
        var start = (int)(_elapsed >> (level * SlotBits)) & (Slots - 1);
        return (start + BitOperations.TrailingZeroCount(BitOperations.RotateRight(_occupied[level], start))) & (Slots - 1);
    }

    /// <summary>When a slot begins: the first such time not before <see cref="_elapsed"/>'s own slot of that level.</summary>
    private long SlotTime(int level, int index)
    {
        var shift = level * SlotBits;
        var range = 1L << (shift + SlotBits);
        var time = (_elapsed & ~(range - 1)) + ((long)index << shift);

        // Only the last level wraps: in the others a slot behind the present one would have been of the level above.
        return time <= _elapsed && level == Levels - 1 ? time + range : time;
    }
}
