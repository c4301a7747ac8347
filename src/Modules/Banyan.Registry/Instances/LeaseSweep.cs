using Banyan.Contracts.Registry.V1;

namespace Banyan.Registry.Instances;

/// <summary>
/// Finds leases that are over. A heartbeat only writes a number; an entry waits in one heap until the earliest moment at which anything can be due, and goes back
/// if it was heard meanwhile, so 150,000 leases cost one heap move a ttl each. Not safe for concurrent use: the table's lock guards it.
/// </summary>
internal sealed class LeaseSweep(TimeProvider clock, RegistryOptions options)
{
    private readonly PriorityQueue<InstanceEntry, long> _waiting = new();

    private static readonly TimeSpan RemovalRetry = TimeSpan.FromSeconds(10);

    /// <summary>Makes sure an entry is looked at when its next deadline comes.</summary>
    public void Schedule(InstanceEntry entry)
    {
        if (!entry.Mine || Deadline(entry) is not { } due || (entry.NextLook != 0 && entry.NextLook <= due))
        {
            return;
        }

        entry.NextLook = due;
        _waiting.Enqueue(entry, due);
    }

    /// <summary>Looks at everything that is due.</summary>
    /// <param name="service">The instances of a service.</param>
    /// <param name="changed">Told of every entry whose lease ended or which is kept from now on.</param>
    /// <returns>Entries that have been lost for longer than the grace.</returns>
    public IReadOnlyList<InstanceEntry> Run(Func<ServiceName, IEnumerable<InstanceEntry>> service, Action<InstanceEntry> changed)
    {
        var now = clock.GetTimestamp();
        var remove = new List<InstanceEntry>();
        var verdicts = new Dictionary<(ServiceName, string), string?>();
        var due = new List<InstanceEntry>();
        while (_waiting.TryPeek(out var entry, out var at) && at <= now)
        {
            _waiting.Dequeue();
            if (!entry.Removed && entry.NextLook == at)
            {
                entry.NextLook = 0;
                due.Add(entry);
            }
        }

        // Verdicts before changes: one cohort is judged once, by what it was when the sweep began.
        foreach (var entry in due)
        {
            if (IsOver(entry, now) && !entry.LeaseOver && entry.HeldBecause is null)
            {
                var name = new ServiceName(entry.Name.Domain, entry.Name.Service);
                var zone = entry.Registration.Described.Zone;
                if (!verdicts.ContainsKey((name, zone)))
                {
                    verdicts.Add((name, zone), CohortRule.Keep(service(name), zone, now, clock.TimestampFrequency));
                }
            }
        }

        foreach (var entry in due)
        {
            Look(entry, now, verdicts, remove, changed);
            Schedule(entry);
        }

        return remove;
    }

    private void Look(InstanceEntry entry, long now, Dictionary<(ServiceName Service, string Zone), string?> verdicts, List<InstanceEntry> remove, Action<InstanceEntry> changed)
    {
        if (!entry.Mine || !IsOver(entry, now))
        {
            return;
        }

        if (entry.LeaseOver)
        {
            if (now >= entry.LostAt + Ticks(options.LostGrace))
            {
                remove.Add(entry);
                entry.LostAt = now - Ticks(options.LostGrace) + Ticks(RemovalRetry);
            }

            return;
        }

        if (entry.HeldBecause is not null)
        {
            if (now < entry.HeldUntil)
            {
                return;
            }

            entry.HeldBecause = null;
        }
        else if (entry.Current.State == InstanceState.Up
            && verdicts[(new ServiceName(entry.Name.Domain, entry.Name.Service), entry.Registration.Described.Zone)] is { } reason)
        {
            var until = clock.GetUtcNow() + options.CohortHold;
            entry.HeldBecause = $"{reason}; believed at {until:HH:mm:ss} UTC unless heard before";
            entry.HeldUntil = now + Ticks(options.CohortHold);
            changed(entry);
            return;
        }

        entry.LeaseOver = true;
        entry.LostAt = now;
        changed(entry);
    }

    private bool IsOver(InstanceEntry entry, long now) => entry.Registration.Ttl is { } ttl && now - entry.LastHeard >= Ticks(ttl);

    private long? Deadline(InstanceEntry entry) =>
        entry.Registration.Ttl is not { } ttl ? null
        : entry.LeaseOver ? entry.LostAt + Ticks(options.LostGrace)
        : entry.HeldBecause is not null ? entry.HeldUntil
        : entry.LastHeard + Ticks(ttl);

    private long Ticks(TimeSpan time) => (long)(time.TotalSeconds * clock.TimestampFrequency);
}
