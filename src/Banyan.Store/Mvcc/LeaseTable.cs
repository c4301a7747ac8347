using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Banyan.Store.Mvcc;

/// <summary>
/// The leases and their time. Grants, ends and bindings are changed by the committer only; renewals and reads come from any thread and are not written.
/// One timer waits for the earliest deadline; a renewal does not touch the queue, a lease that is found renewed when its old deadline comes is queued again.
/// </summary>
internal sealed class LeaseTable : IDisposable
{
    /// <summary>After an expiry that could not be committed (disk full), how long until it is tried again.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _clock;
    private readonly Action<LeaseRecord> _expired;
    private readonly ConcurrentDictionary<long, LeaseRecord> _leases = new();
    private readonly PriorityQueue<LeaseRecord, long> _queue = new();
    private readonly Lock _queueLock = new();
    private readonly ITimer _timer;
    private long _armedFor = long.MaxValue;
    private bool _stopped;

    public LeaseTable(TimeProvider clock, Action<LeaseRecord> expired)
    {
        _clock = clock;
        _expired = expired;
        _timer = clock.CreateTimer(_ => Expire(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public IEnumerable<LeaseRecord> All => _leases.Values;

    public LeaseRecord? Find(long id) => _leases.GetValueOrDefault(id);

    /// <summary>A number nobody uses. Random, so that whoever still holds the number of a lease that ended cannot meet a new one by it.</summary>
    public long NewId()
    {
        while (true)
        {
            var id = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(8)) & long.MaxValue;
            if (id != 0 && !_leases.ContainsKey(id))
            {
                return id;
            }
        }
    }

    public void Add(LeaseRecord lease) => _leases[lease.Id] = lease;

    public void Remove(LeaseRecord lease) => _leases.TryRemove(lease.Id, out _);

    /// <summary>Starts a lease's time for the first time.</summary>
    public void Start(LeaseRecord lease)
    {
        lock (lease.Lock)
        {
            lease.Usable = true;
            lease.Deadline = DeadlineOf(lease.TimeToLive);
        }

        Queue(lease, lease.Deadline);
    }

    /// <summary>Starts its time again; false when it has ended or its time is over.</summary>
    public bool TryRenew(LeaseRecord lease)
    {
        lock (lease.Lock)
        {
            if (!lease.Usable || lease.Deadline <= _clock.GetTimestamp())
            {
                return false;
            }

            lease.Deadline = DeadlineOf(lease.TimeToLive);
            return true;
        }
    }

    /// <summary>Closes a lease whose time is over; false when it was renewed meanwhile.</summary>
    public bool TryEnd(LeaseRecord lease)
    {
        lock (lease.Lock)
        {
            if (!lease.Usable || lease.Deadline > _clock.GetTimestamp())
            {
                return false;
            }

            lease.Usable = false;
            return true;
        }
    }

    /// <summary>Tries an expiry again later.</summary>
    public void Retry(LeaseRecord lease) => Queue(lease, DeadlineOf(RetryAfter));

    public StoreLease Describe(LeaseRecord lease, IReadOnlyList<StoreKey> keys)
    {
        long deadline;
        lock (lease.Lock)
        {
            deadline = lease.Deadline;
        }

        var remaining = _clock.GetElapsedTime(_clock.GetTimestamp(), deadline);
        return new StoreLease(lease.Id, lease.TimeToLive, remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero, keys);
    }

    public void Dispose()
    {
        lock (_queueLock)
        {
            _stopped = true;
        }

        _timer.Dispose();
    }

    private long DeadlineOf(TimeSpan from)
    {
        var ticks = (double)from.Ticks / TimeSpan.TicksPerSecond * _clock.TimestampFrequency;
        var now = _clock.GetTimestamp();
        return ticks >= long.MaxValue - now ? long.MaxValue : now + (long)ticks;
    }

    private void Queue(LeaseRecord lease, long at)
    {
        lock (_queueLock)
        {
            _queue.Enqueue(lease, at);
            Arm();
        }
    }

    private void Arm()
    {
        if (_stopped || !_queue.TryPeek(out _, out var at) || at >= _armedFor)
        {
            return;
        }

        _armedFor = at;
        var wait = _clock.GetElapsedTime(_clock.GetTimestamp(), at);

        // A timer takes at most some 49 days; waking early only looks again.
        wait = wait < TimeSpan.Zero ? TimeSpan.Zero : wait > TimeSpan.FromDays(30) ? TimeSpan.FromDays(30) : wait + TimeSpan.FromMilliseconds(1);
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private void Expire()
    {
        List<LeaseRecord> due = [];
        lock (_queueLock)
        {
            _armedFor = long.MaxValue;
            var now = _clock.GetTimestamp();
            while (_queue.TryPeek(out var lease, out var at) && at <= now)
            {
                _queue.Dequeue();
                lock (lease.Lock)
                {
                    if (!lease.Usable)
                    {
                        continue;
                    }

                    at = lease.Deadline;
                }

                if (at > now)
                {
                    _queue.Enqueue(lease, at);
                }
                else
                {
                    due.Add(lease);
                }
            }

            Arm();
        }

        foreach (var lease in due)
        {
            _expired(lease);
        }
    }
}
