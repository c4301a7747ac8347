using Banyan.Contracts.Registry.V1;
using Banyan.Registry.Health;
using Banyan.Registry.Watch;
using Google.Protobuf.WellKnownTypes;

namespace Banyan.Registry.Instances;

/// <summary>
/// Every instance, in the memory of this node: durable registrations as the store tells them, and what this node hears and checks. Safe for concurrent use; holds
/// its lock for memory work only, never across I/O.
/// </summary>
internal sealed class InstanceTable
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _clock;
    private readonly RegistryOptions _options;
    private readonly RegistryMetrics _metrics;
    private readonly ChangeLog _log;
    private readonly LeaseSweep _sweep;
    private readonly HashSet<ServiceName> _dirty = [];
    private IReadOnlyDictionary<ServiceName, CheckPlan> _serviceChecks = new Dictionary<ServiceName, CheckPlan>();
    private volatile bool _ready;

    public InstanceTable(TimeProvider clock, RegistryOptions options, RegistryMetrics metrics)
    {
        _clock = clock;
        _options = options;
        _metrics = metrics;
        _log = new ChangeLog(options.RemembersRemovals);
        _sweep = new LeaseSweep(clock, options);
    }

    /// <summary>Called, under the lock, whenever an instance's check begins, changes or ends. Must not block or call back.</summary>
    public Action<InstanceEntry>? PlanChanged { get; set; }

    /// <summary>Called, under the lock, whenever the store's picture of a state is out of date. Must not block or call back.</summary>
    public Action<InstanceEntry>? StateOutdated { get; set; }

    /// <summary>Called, outside the lock, after changes that subscribers should see.</summary>
    public Action? ChangesWaiting { get; set; }

    /// <summary>False until the first snapshot is there: until then nothing may be answered, least of all an empty list.</summary>
    public bool Ready => _ready;

    public void MarkReady() => _ready = true;

    /// <summary>Takes in a registration as it lies in the store. Older news than what is known is ignored.</summary>
    /// <param name="stored">The registration.</param>
    /// <param name="revision">The store's revision of it.</param>
    /// <param name="heard">True when the instance itself just registered here; false when the news comes out of the store.</param>
    public Instance? Apply(StoredRegistration stored, long revision, bool heard)
    {
        var registration = Registration.Of(stored);
        Instance? result;
        lock (_lock)
        {
            var entry = _log.Find(registration.Name);
            var known = entry?.Revision ?? _log.RemovedAt(registration.Name);
            if (revision < known || (revision == known && !heard))
            {
                // The watch on the store may bring a registration before the call that wrote it is through; hearing it counts all the same.
                return entry?.Current;
            }

            var startsOver = heard || entry is null || !entry.Registration.Stored.Request.Equals(stored.Request);
            var described = startsOver || entry!.Draining != stored.Draining;
            entry ??= new InstanceEntry(registration.Name, registration) { LastHeard = _clock.GetTimestamp() };
            entry.Registration = registration;
            entry.Revision = revision;
            entry.Mine = heard || stored.Owner.Length == 0 || stored.Owner == _options.Node;
            if (startsOver)
            {
                entry.StartOver();
                entry.LastHeard = _clock.GetTimestamp();
                if (!heard)
                {
                    entry.Restored = InstanceStates.Restored(registration);
                    entry.WasUp = entry.Restored == InstanceState.Up;
                }
            }

            Replan(entry);
            _sweep.Schedule(entry);
            Publish(entry, force: described);
            result = entry.Current;
        }

        ChangesWaiting?.Invoke();
        return result;
    }

    /// <summary>Removes an instance, unless the table knows of a newer registration.</summary>
    public void Remove(InstanceName name, long revision)
    {
        lock (_lock)
        {
            if (_log.Find(name) is not { } entry || entry.Revision > revision)
            {
                return;
            }

            entry.Removed = true;
            entry.Plan = null;
            entry.PlanNumber++;
            PlanChanged?.Invoke(entry);
            _metrics.Count(entry.Current.State, -1);
            _log.Removed(entry, revision);
            MarkDirty(name);
        }

        ChangesWaiting?.Invoke();
    }

    /// <summary>Removes what a fresh listing of the store no longer has.</summary>
    public void RemoveAllBut(IReadOnlySet<InstanceName> present, long revision)
    {
        List<InstanceName> gone;
        lock (_lock)
        {
            gone = [.. _log.Entries().Where(e => !present.Contains(e.Name)).Select(e => e.Name)];
        }

        foreach (var name in gone)
        {
            Remove(name, revision);
        }
    }

    /// <summary>Renews a lease and takes note of what the instance says of itself (Unspecified = no opinion).</summary>
    public bool TryHear(InstanceName name, InstanceState self, string reason, out InstanceState state)
    {
        bool changed;
        lock (_lock)
        {
            if (_log.Find(name) is not { } entry)
            {
                state = InstanceState.Unspecified;
                return false;
            }

            entry.LastHeard = _clock.GetTimestamp();
            changed = entry.LeaseOver || entry.HeldBecause is not null || (entry.Restored is not null && entry.Plan is null) || !entry.Mine
                || (self != InstanceState.Unspecified && self != entry.Self);
            if (changed)
            {
                var force = entry.HeldBecause is not null || !entry.Mine;
                entry.LeaseOver = false;
                entry.HeldBecause = null;
                entry.Mine = true;
                if (self != InstanceState.Unspecified)
                {
                    (entry.Self, entry.SelfReason) = (self, reason);
                }

                Replan(entry);
                if (entry.Plan is null)
                {
                    entry.Restored = null;
                }

                _sweep.Schedule(entry);
                Publish(entry, force);
            }

            state = entry.Current.State;
        }

        if (changed)
        {
            ChangesWaiting?.Invoke();
        }

        return true;
    }

    /// <summary>Takes in the result of a check; dropped when the plan has changed since it began.</summary>
    public void Report(InstanceEntry entry, int planNumber, CheckOutcome outcome)
    {
        var changed = false;
        lock (_lock)
        {
            if (entry.Removed || entry.PlanNumber != planNumber || entry.Plan is not { } plan)
            {
                return;
            }

            if (ReferenceEquals(plan, CheckPlan.Doubt))
            {
                // Nobody asked this instance for a check: only a refusal says something, and what it says is that the silence was true.
                entry.Failures = outcome.Refused ? entry.Failures + 1 : 0;
                if (entry.Failures >= plan.Fall && entry.HeldBecause is not null)
                {
                    entry.HeldBecause = null;
                    entry.LeaseOver = true;
                    entry.LostAt = _clock.GetTimestamp();
                    Replan(entry);
                    _sweep.Schedule(entry);
                    changed = Publish(entry, force: false);
                }
            }
            else
            {
                CheckCount.Take(entry, plan, outcome);
                changed = Publish(entry, force: false);
            }
        }

        if (changed)
        {
            ChangesWaiting?.Invoke();
        }
    }

    /// <summary>Finds leases that are over. Returns what has been lost for so long that it is to be removed from the store.</summary>
    public IReadOnlyList<InstanceEntry> Sweep()
    {
        IReadOnlyList<InstanceEntry> remove;
        var changed = false;
        lock (_lock)
        {
            remove = _sweep.Run(
                service => _log.Entries(service),
                entry =>
                {
                    Replan(entry);
                    changed |= Publish(entry, force: entry.HeldBecause is not null);
                });
        }

        if (changed)
        {
            ChangesWaiting?.Invoke();
        }

        return remove;
    }

    /// <summary>Gives instances without a check of their own the checks of their services.</summary>
    public void UseServiceChecks(IReadOnlyDictionary<ServiceName, CheckPlan> checks)
    {
        lock (_lock)
        {
            _serviceChecks = checks;
            foreach (var entry in _log.Entries().ToArray())
            {
                if (entry.Registration.Check is null)
                {
                    Replan(entry);
                    Publish(entry, force: false);
                }
            }
        }

        ChangesWaiting?.Invoke();
    }

    public InstanceEntry? Find(InstanceName name)
    {
        lock (_lock)
        {
            return _log.Find(name);
        }
    }

    /// <summary>Reads facts of an entry without seeing half a change.</summary>
    public T Read<T>(InstanceEntry entry, Func<InstanceEntry, T> read)
    {
        lock (_lock)
        {
            return read(entry);
        }
    }

    public LookupResponse Lookup(ServiceName service)
    {
        var response = new LookupResponse();
        lock (_lock)
        {
            response.VersionNumber = _log.Version;
            response.Instances.AddRange(_log.Entries(service).Select(e => e.Current));
        }

        return response;
    }

    /// <summary>What changed in a selection after a version; a reset when that is too long ago or <paramref name="after"/> is 0.</summary>
    public WatchResponse Changes(WatchSelection selection, long after)
    {
        lock (_lock)
        {
            var response = new WatchResponse { VersionNumber = _log.Version, Reset = after == 0 || after < _log.Horizon };
            _log.Collect(selection, response.Reset ? 0 : after, response);
            return response;
        }
    }

    /// <summary>The services that changed since the last call.</summary>
    public (IReadOnlyList<ServiceName> Services, long Version) TakeDirty()
    {
        lock (_lock)
        {
            ServiceName[] services = [.. _dirty];
            _dirty.Clear();
            return (services, _log.Version);
        }
    }

    private void Replan(InstanceEntry entry)
    {
        var own = entry.Registration.Check
            ?? _serviceChecks.GetValueOrDefault(new ServiceName(entry.Name.Domain, entry.Name.Service))
            ?? (entry.Registration.Leased ? null : CheckPlan.DefaultTcp);
        var plan = !entry.Mine ? null : own ?? (entry.HeldBecause is not null ? CheckPlan.Doubt : null);
        if (plan == entry.Plan)
        {
            return;
        }

        entry.Plan = plan;
        entry.PlanNumber++;
        entry.ForgetChecks();
        PlanChanged?.Invoke(entry);
    }

    private bool Publish(InstanceEntry entry, bool force)
    {
        var (state, reason) = InstanceStates.Decide(entry);
        var old = entry.Current;
        var moved = old is null || old.State != state;
        if (!moved && !force)
        {
            return false;
        }

        entry.WasUp |= state == InstanceState.Up;
        entry.Current = Describe(entry, state, reason, moved ? _clock.GetUtcNow() : old!.Since.ToDateTimeOffset());
        _log.Changed(entry);
        MarkDirty(entry.Name);
        if (moved)
        {
            if (old is not null)
            {
                _metrics.Count(old.State, -1);
            }

            _metrics.Count(state, 1);
        }

        if (entry.Mine && (InstanceStates.ToStore(state) is { } lasting && lasting != InstanceStates.Restored(entry.Registration) || entry.Registration.Stored.Owner != _options.Node))
        {
            StateOutdated?.Invoke(entry);
        }

        return true;
    }

    private Instance Describe(InstanceEntry entry, InstanceState state, string reason, DateTimeOffset since)
    {
        var described = entry.Registration.Described;
        var instance = new Instance
        {
            Domain = entry.Name.Domain,
            Service = entry.Name.Service,
            Id = entry.Name.Id,
            Host = described.Host,
            Port = described.Port,
            Scheme = entry.Registration.Scheme,
            Zone = described.Zone,
            Weight = entry.Registration.Weight,
            Version = described.Version,
            State = state,
            Reason = reason,
            Since = Timestamp.FromDateTimeOffset(since),
            RegisteredAt = entry.Registration.Stored.RegisteredAt,
            VersionNumber = _log.NextVersion(),
            Leased = entry.Registration.Leased,
        };
        instance.Metadata.Add(described.Metadata);
        return instance;
    }

    private void MarkDirty(InstanceName name) => _dirty.Add(new ServiceName(name.Domain, name.Service));
}
