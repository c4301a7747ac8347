namespace Banyan.Resources.Controllers;

/// <summary>
/// Names that need work, each at most once: a name that is waiting is not added again, one that is being worked on is given out again afterwards. Names can come
/// back after a delay; failures make the delay grow.
/// </summary>
internal sealed class KeyedQueue(TimeProvider clock, Random random) : IDisposable
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Queue<ResourceName> _ready = [];
    private readonly HashSet<ResourceName> _waiting = [];
    private readonly HashSet<ResourceName> _working = [];
    private readonly Dictionary<ResourceName, ITimer> _timers = [];
    private readonly Dictionary<ResourceName, int> _failures = [];
    private readonly SemaphoreSlim _available = new(0);
    private bool _disposed;

    /// <summary>Asks for work on a name as soon as possible.</summary>
    public void Add(ResourceName name)
    {
        lock (_lock)
        {
            StopTimer(name);
            if (!_disposed && _waiting.Add(name) && !_working.Contains(name))
            {
                Give(name);
            }
        }
    }

    /// <summary>Asks for work on a name after a time; an earlier wish for later is replaced.</summary>
    public void AddAfter(ResourceName name, TimeSpan delay)
    {
        lock (_lock)
        {
            if (_disposed || _waiting.Contains(name))
            {
                return;
            }

            StopTimer(name);
            _timers[name] = clock.CreateTimer(_ => Add(name), null, delay, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The next name; it must be given back by <see cref="Done"/>.</summary>
    public async Task<ResourceName> TakeAsync(CancellationToken ct)
    {
        await _available.WaitAsync(ct);
        lock (_lock)
        {
            var name = _ready.Dequeue();
            _waiting.Remove(name);
            _working.Add(name);
            return name;
        }
    }

    /// <summary>Work on a name has ended well or badly.</summary>
    /// <returns>After a failure how many there were in a row, and when it is tried again.</returns>
    public (int Failures, TimeSpan Delay) Done(ResourceName name, bool succeeded)
    {
        (int Failures, TimeSpan Delay) result = default;
        lock (_lock)
        {
            _working.Remove(name);
            if (succeeded)
            {
                _failures.Remove(name);
            }
            else
            {
                result.Failures = _failures[name] = _failures.GetValueOrDefault(name) + 1;
                var delay = Math.Min(FirstDelay.Ticks << Math.Min(result.Failures - 1, 20), LongestDelay.Ticks);

                // Up to a fifth more by chance, so that what failed together does not come back together.
                result.Delay = TimeSpan.FromTicks(delay + (long)(delay * 0.2 * random.NextDouble()));
            }

            if (_waiting.Contains(name) && !_disposed)
            {
                Give(name);
            }
        }

        if (!succeeded)
        {
            AddAfter(name, result.Delay);
        }

        return result;
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            foreach (var timer in _timers.Values)
            {
                timer.Dispose();
            }

            _timers.Clear();
        }
    }

    private void Give(ResourceName name)
    {
        _ready.Enqueue(name);
        _available.Release();
    }

    private void StopTimer(ResourceName name)
    {
        if (_timers.Remove(name, out var timer))
        {
            timer.Dispose();
        }
    }
}
