namespace Banyan.Console.State;

/// <summary>Holds the newest snapshot and wakes those who wait for another. Safe for concurrent use.</summary>
internal sealed class LiveState
{
    private readonly Lock _lock = new();
    private volatile ConsoleSnapshot _now = ConsoleSnapshot.Empty;
    private TaskCompletionSource _changed = NewSignal();

    private long _looked;

    public ConsoleSnapshot Now => _now;

    /// <summary>When somebody last looked, as a timestamp of the clock.</summary>
    public long Looked
    {
        get => Interlocked.Read(ref _looked);
        set => Interlocked.Exchange(ref _looked, value);
    }

    /// <summary>Completes at the next change. Take it before reading <see cref="Now"/>, and no change is missed.</summary>
    public Task Changed
    {
        get
        {
            lock (_lock)
            {
                return _changed.Task;
            }
        }
    }

    public void Update(Func<ConsoleSnapshot, ConsoleSnapshot> change)
    {
        TaskCompletionSource signal;
        lock (_lock)
        {
            var next = change(_now);
            if (ReferenceEquals(next, _now))
            {
                return;
            }

            _now = next;
            signal = _changed;
            _changed = NewSignal();
        }

        signal.SetResult();
    }

    public void Gap(string source, string reason) => Update(s => s.Gaps.GetValueOrDefault(source) == reason ? s : s with { Gaps = s.Gaps.SetItem(source, reason) });

    public void Closed(string source) => Update(s => s.Gaps.ContainsKey(source) ? s with { Gaps = s.Gaps.Remove(source) } : s);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
