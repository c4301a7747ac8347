using System.Collections.Immutable;
using System.Globalization;
using Banyan.Contracts.Registry.V1;
using Banyan.Gateway.Balancing;
using Banyan.Gateway.Ejection;
using Banyan.Gateway.Failures;
using Banyan.Gateway.Limits;
using Banyan.Gateway.Policies;
using Banyan.Gateway.Retries;
using Banyan.Gateway.Routing;

namespace Banyan.Gateway.Clusters;

/// <summary>
/// The instances of one service, whose turn it is, and what protects them. Outlives route tables. Picking, beginning and ending take no lock and allocate nothing
/// while all is well; whoever comes, goes, fails or returns is dealt with under one lock.
/// </summary>
internal sealed class ClusterState
{
    private static readonly long TickTicks = TimeSpan.FromMilliseconds(250).Ticks;
    private static readonly long FadeTicks = TimeSpan.FromSeconds(10).Ticks;

    // A failure that comes fast must not look like a fast instance.
    private static readonly long FailureLatencyTicks = TimeSpan.TicksPerSecond;

    private readonly ClusterContext _context;
    private readonly Lock _lock = new();
    private readonly CircuitBreaker _circuit = new();
    private readonly ClusterCounters _counters = new();
    private readonly LatencyHistogram _window = new();
    private readonly LatencyHistogram _latencies = new();
    private readonly PickResult _overloaded;
    private readonly PickResult _circuitOpen;
    private readonly PickResult _instancesFull;

    // Swapped whole: a request sees one consistent set.
    private volatile Roster _roster;
    private volatile ClusterPolicy _policy;
    private long _tickDue;
    private long _rateFrom;
    private long _windowDue;
    private long _fadeDue;
    private long _hedgeTicks;
    private long _ejections;

    public ClusterState(ServiceName name, ClusterContext context)
    {
        Name = name;
        _context = context;
        _policy = new ClusterPolicy(TrafficSettings.Default, null);
        _rateFrom = context.Clock.NowTicks();
        _tickDue = _rateFrom + TickTicks;
        _windowDue = _rateFrom + _policy.Settings.Ejection.Window.Ticks;
        _fadeDue = _rateFrom + FadeTicks;
        _roster = new Roster(name, [], _policy.Settings, context.Zone, _rateFrom);
        _overloaded = PickResult.None(FailureReason.GatewayOverloaded, $"Service '{name}' has as many requests in progress from this gateway as it can take now. Try again later.");
        _instancesFull = PickResult.None(FailureReason.GatewayOverloaded, $"Every instance of service '{name}' has as many requests in progress from this gateway as its policy allows. Try again later.");
        _circuitOpen = PickResult.None(FailureReason.CircuitOpen, $"Service '{name}' fails as a whole and is left alone for some seconds. Try again later.");
    }

    public ServiceName Name { get; }

    public ImmutableArray<ClusterMember> Members => _roster.Members;

    /// <summary>The settings in force with what counts by them. Whoever begins something with a part of it ends it with the same part.</summary>
    public ClusterPolicy Policy => _policy;

    public CircuitBreaker Circuit => _circuit;

    /// <summary>Requests in progress, without those detached.</summary>
    public int Active => Volatile.Read(ref _counters.Active);

    /// <summary>Requests refused because the service was full or its circuit open.</summary>
    public long Shed => Interlocked.Read(ref _counters.Shed);

    /// <summary>How often an instance was ejected.</summary>
    public long Ejections => Volatile.Read(ref _ejections);

    /// <summary>The part of the requests that stays in the gateway's zone, 0 to 1; null when zones make no difference.</summary>
    public double? NearShare => _roster is { Near: not null } roster ? roster.NearShare : null;

    /// <summary>How long a read waits before it is asked of a second instance too, in ticks of 100 ns; 0 = it is not.</summary>
    public long HedgeTicks => Volatile.Read(ref _hedgeTicks);

    /// <summary>Requests that a second instance was asked as well.</summary>
    public long Hedges => Interlocked.Read(ref _counters.Hedges);

    /// <summary>Of these, those that the second instance was left with: it had answered first, or the first one had failed.</summary>
    public long HedgesWon => Interlocked.Read(ref _counters.HedgesWon);

    /// <summary>Instances that are left out at this time.</summary>
    public int EjectedCount(long now) => _roster.Members.Count(m => m.Endpoint.Health.IsEjected(now));

    /// <summary>The next instance, or an <paramref name="except"/>ed one when it is the only one; at the time of the cluster's clock.</summary>
    public PickResult Pick(Endpoint? except = null)
    {
        var tried = default(TriedEndpoints);
        if (except is not null)
        {
            tried.Add(except);
        }

        return Pick(new PickRequest(_context.Clock.NowTicks()) { Tried = tried });
    }

    /// <summary>Asks the service's rate limits about a request, and reads from its head what choosing an instance needs. Once for each request.</summary>
    public Entrance Enter(in RequestMatch request, Route route, long now)
    {
        var policy = _policy;
        foreach (var limit in policy.RateLimits)
        {
            if (limit.Take(limit.KeyOf(request, route), now) is { Admitted: false } verdict)
            {
                return new Entrance(limit.Refusal(verdict), 0, default);
            }
        }

        var key = policy.Settings.Balancer == BalancerKind.Hash ? RequestKeys.Of(route.HashOn ?? policy.Settings.HashOn, request) : 0;
        var priority = request.Fields is { } fields && fields.TryGetField(request.Head, "priority"u8, 0, out var field) ? RequestPriorities.Of(RequestPriority.Normal, field) : default;
        return new Entrance(Failure.None, key, priority);
    }

    /// <summary>
    /// The instance for a request, or why there is none. An instance the request has been sent to already is the answer only when there is no other.
    /// </summary>
    public PickResult Pick(in PickRequest request)
    {
        var roster = _roster;
        var policy = _policy;
        if (request.Now >= roster.Due)
        {
            roster = BringBack(request.Now);
        }

        var all = roster.All;
        if (all.Endpoints.Length == 0)
        {
            return roster.Nobody;
        }

        var first = request.Tried.IsEmpty;
        if (first && Refusal(policy, request) is { } refusal)
        {
            return refusal;
        }

        var turn = first ? Interlocked.Increment(ref _counters.Turn) : Volatile.Read(ref _counters.Turn);
        return Choose(roster, policy.Settings, request, turn);
    }

    /// <summary>
    /// The instance for a copy of another service's request. It gives way to the service's own requests: it is not admitted where one of low priority is not, nor
    /// while the circuit is not closed, and neither is counted.
    /// </summary>
    public PickResult PickForCopy(long now)
    {
        var (roster, policy) = (_roster, _policy);
        if (now >= roster.Due)
        {
            roster = BringBack(now);
        }

        return roster.All.Endpoints.Length == 0 ? roster.Nobody
            : !policy.Concurrency.Admits(Active, RequestPriority.Low) ? _overloaded
            : _circuit.State != CircuitState.Closed ? _circuitOpen
            : Choose(roster, policy.Settings, new PickRequest(now), Interlocked.Increment(ref _counters.Turn));
    }

    /// <summary>True when somebody else than this endpoint may take requests.</summary>
    public bool HasOther(Endpoint endpoint) => _roster.All.Endpoints is var all && (all.Length > 1 || (all.Length == 1 && !ReferenceEquals(all[0], endpoint)));

    /// <summary>A request has ended because the service was full or its circuit open; however often room was looked for.</summary>
    public void CountShed() => Interlocked.Increment(ref _counters.Shed);

    /// <summary>A second instance is asked.</summary>
    public void CountHedge() => Interlocked.Increment(ref _counters.Hedges);

    /// <summary>It took the first one's place.</summary>
    public void CountHedgeWon() => Interlocked.Increment(ref _counters.HedgesWon);

    /// <summary>Makes these all there are. Endpoints whose address is unchanged stay the same objects.</summary>
    public void Replace(IEnumerable<Instance> instances)
    {
        lock (_lock)
        {
            Set(instances.Select(Member));
        }
    }

    /// <summary>Adds or updates one.</summary>
    public void Put(Instance instance)
    {
        lock (_lock)
        {
            Set(_roster.Members.Where(m => m.Endpoint.Id != instance.Id).Append(Member(instance)));
        }
    }

    /// <summary>Takes one out; nothing happens when it is not there.</summary>
    public void Remove(string id)
    {
        lock (_lock)
        {
            Set(_roster.Members.Where(m => m.Endpoint.Id != id));
        }
    }

    /// <summary>Puts settings into force; nothing that runs is disturbed.</summary>
    public void Use(TrafficSettings settings)
    {
        lock (_lock)
        {
            if (_policy.Settings == settings)
            {
                return;
            }

            if (_policy.Settings.Breaker != settings.Breaker)
            {
                _circuit.Reset();
            }

            _policy = new ClusterPolicy(settings, _policy);
            if (!settings.Ejection.Enabled)
            {
                Release(_context.Clock.NowTicks());
            }

            Rebuild(_roster.Members, _context.Clock.NowTicks());
        }
    }

    /// <summary>Does what is due by time alone: for views, which shall be right without requests too.</summary>
    public void Refresh(long now)
    {
        if (now >= _roster.Due)
        {
            BringBack(now);
        }

        Tick(now);
    }

    internal void Began() => Interlocked.Increment(ref _counters.Active);

    internal void Left() => Interlocked.Decrement(ref _counters.Active);

    internal void Ended(Endpoint endpoint, in Outcome outcome)
    {
        if (!outcome.Detached)
        {
            Interlocked.Decrement(ref _counters.Active);
        }

        switch (outcome.Kind)
        {
            case OutcomeKind.Abandoned:
                break;
            case OutcomeKind.Overtaken:
                Took(endpoint, outcome);
                break;
            case OutcomeKind.Answered:
                Succeeded(endpoint, outcome);
                break;
            default:
                Failed(endpoint, outcome);
                break;
        }

        if (outcome.Now >= Volatile.Read(ref _tickDue))
        {
            Tick(outcome.Now);
        }
    }

    private PickResult? Refusal(ClusterPolicy policy, in PickRequest request) =>
        !policy.Concurrency.Admits(Active, request.Priority) ? _overloaded
        : !_circuit.Admits(policy.Settings.Breaker, request.Now) ? _circuitOpen
        : null;

    private PickResult Choose(Roster roster, TrafficSettings settings, in PickRequest request, long turn)
    {
        var all = roster.All;
        var random = KeyHash.Mix(_context.Seed + ((ulong)turn * 0x9E3779B97F4A7C15));
        Endpoint? chosen;
        if (roster.Near is { } near)
        {
            var stays = roster.NearShare >= 1 || KeyHash.Fraction(KeyHash.Mix(~random)) < roster.NearShare;
            chosen = Chooser.Choose(stays ? near : roster.Far!, settings, request, turn, random, Active)
                ?? Chooser.Choose(stays ? roster.Far! : near, settings, request, turn, random, Active);
        }
        else
        {
            chosen = Chooser.Choose(all, settings, request, turn, random, Active);
        }

        chosen ??= all.Endpoints[KeyHash.Below(random, all.Endpoints.Length)];
        if (settings.Concurrency.PerInstance is > 0 and var most && chosen.Active >= most)
        {
            return Chooser.WithRoom(all, request, random, most) is { } other ? PickResult.Of(other) : _instancesFull;
        }

        return PickResult.Of(chosen);
    }

    private void Succeeded(Endpoint endpoint, in Outcome outcome)
    {
        Took(endpoint, outcome);
        endpoint.Health.CountSuccess();
        if (_circuit.State == CircuitState.HalfOpen)
        {
            _circuit.Succeeded(_policy.Settings.Breaker);
        }
    }

    // Those that were overtaken too: left out, slow instances would look as fast as the others, and the time after which a second one is asked would shrink and shrink.
    private void Took(Endpoint endpoint, in Outcome outcome)
    {
        if (outcome.LatencyTicks > 0)
        {
            endpoint.Observe(outcome.LatencyTicks, outcome.Now);
            _window.Add(outcome.LatencyTicks);
        }
    }

    private void Failed(Endpoint endpoint, in Outcome outcome)
    {
        endpoint.Observe(Math.Max(outcome.LatencyTicks, FailureLatencyTicks), outcome.Now);

        // An answer of 500 may be about this one request; the others are about the service.
        var broken = outcome.Kind != OutcomeKind.ServerError;
        var streak = endpoint.Health.CountFailure(broken);
        var settings = _policy.Settings;
        if (broken)
        {
            CheckCircuit(settings.Breaker, outcome.Now);
        }

        if (EjectionJudge.IsSuspect(streak, endpoint.Health.Returning, settings.Ejection))
        {
            JudgeStreak(endpoint, streak, settings.Ejection, outcome.Now);
        }
    }

    private void CheckCircuit(BreakerSettings settings, long now)
    {
        long requests = 0, broken = 0;
        foreach (var member in _roster.Members)
        {
            var health = member.Endpoint.Health;
            requests += health.Answered + health.Failed;
            broken += health.Broken;
        }

        var before = _circuit.State;
        _circuit.Failed(settings, requests, broken, now);
        if (before != CircuitState.Open && _circuit.State == CircuitState.Open)
        {
            GatewayLog.CircuitOpened(_context.Log, Name, _circuit.Why, TimeSpan.FromTicks(Math.Max(0, _circuit.Deadline - now)));
        }
    }

    private void JudgeStreak(Endpoint endpoint, int streak, EjectionSettings settings, long now)
    {
        lock (_lock)
        {
            var (peers, among) = (0, false);
            var (recent, answered, failed) = (0.0, 0L, 0L);
            foreach (var peer in _roster.All.Endpoints)
            {
                if (ReferenceEquals(peer, endpoint))
                {
                    among = true;
                    continue;
                }

                peers++;
                recent += peer.Health.Recent;
                answered += peer.Health.Answered;
                failed += peer.Health.Failed;
            }

            if (!among)
            {
                return;
            }

            if (peers > 0 && EjectionJudge.StandsOut(streak, endpoint.Health.Returning, recent / peers, answered, failed))
            {
                TryEject(endpoint, string.Create(CultureInfo.InvariantCulture, $"{streak} failures in a row, while its peers failed {(double)failed / Math.Max(1, answered + failed):P0} of theirs"), settings, now);
            }
            else if (_roster.Due != long.MaxValue && EjectionJudge.IsEverywhere(endpoint.Health.Recent, recent, peers))
            {
                // Those that are left fail too: those that are out are needed.
                Release(now);
                Rebuild(_roster.Members, now);
            }
        }
    }

    // Callers hold the lock.
    private void JudgeWindow(EjectionSettings settings, long now)
    {
        var endpoints = _roster.All.Endpoints;
        long answered = 0, failed = 0;
        foreach (var endpoint in endpoints)
        {
            answered += endpoint.Health.Answered;
            failed += endpoint.Health.Failed;
        }

        if (settings.Enabled && failed > 0)
        {
            foreach (var endpoint in endpoints)
            {
                var (ownAnswered, ownFailed) = (endpoint.Health.Answered, endpoint.Health.Failed);
                if (EjectionJudge.StandsOutInWindow(ownAnswered, ownFailed, answered - ownAnswered, failed - ownFailed, settings))
                {
                    var own = (double)ownFailed / (ownAnswered + ownFailed);
                    var others = (double)(failed - ownFailed) / (answered + failed - ownAnswered - ownFailed);
                    TryEject(endpoint, string.Create(CultureInfo.InvariantCulture, $"{own:P0} of {ownAnswered + ownFailed} requests failed, while its peers failed {others:P0} of theirs"), settings, now);
                }
            }
        }

        foreach (var member in _roster.Members)
        {
            var health = member.Endpoint.Health;
            if (health.Returning && !health.IsEjected(now) && health.Answered > 0 && health.Failed == 0 && member.Endpoint.Ramp(now, _policy.Settings.SlowStart.Ticks) >= 1)
            {
                health.Prove();
            }

            health.ClearWindow();
        }
    }

    private void TryEject(Endpoint endpoint, string why, EjectionSettings settings, long now)
    {
        var roster = _roster;
        if (roster.UpCount - roster.All.Endpoints.Length >= EjectionJudge.MaxEjected(roster.UpCount, settings))
        {
            return;
        }

        var jitter = KeyHash.Fraction(KeyHash.Mix(_context.Seed ^ (ulong)now ^ KeyHash.Of(endpoint.Id)));
        var ejection = EjectionJudge.Next(endpoint.Health.Ejection, why, settings, jitter, now);
        endpoint.Health.Eject(ejection);
        Volatile.Write(ref _ejections, _ejections + 1);
        Rebuild(roster.Members, now);
        GatewayLog.EndpointEjected(_context.Log, endpoint.Id, Name, why, TimeSpan.FromTicks(ejection.Until - now));
    }

    private Roster BringBack(long now)
    {
        lock (_lock)
        {
            if (now < _roster.Due)
            {
                return _roster;
            }

            foreach (var member in _roster.Members)
            {
                var health = member.Endpoint.Health;
                if (health.Returning && !health.IsEjected(now) && !_roster.All.Endpoints.Contains(member.Endpoint))
                {
                    health.Return(now);
                    member.Endpoint.BeginRamp(now);
                }
            }

            Rebuild(_roster.Members, now);
            return _roster;
        }
    }

    private void Release(long now)
    {
        foreach (var member in _roster.Members)
        {
            if (member.Endpoint.Health.IsEjected(now))
            {
                member.Endpoint.Health.Return(now);
            }
        }
    }

    private void Tick(long now)
    {
        // Whoever comes first does it; the others need not wait for it.
        if (!_lock.TryEnter())
        {
            return;
        }

        try
        {
            if (now < _tickDue)
            {
                return;
            }

            var policy = _policy;
            Volatile.Write(ref _tickDue, now + TickTicks);
            policy.Concurrency.Update(_window.Quantile(0.5), Active);
            _window.Drain(_latencies);
            Volatile.Write(ref _hedgeTicks, HedgeRule.DelayTicks(policy.Settings.Retries, _latencies));
            MeasureRates(now);
            if (now >= _windowDue)
            {
                _windowDue = now + policy.Settings.Ejection.Window.Ticks;
                JudgeWindow(policy.Settings.Ejection, now);
            }

            if (now >= _fadeDue)
            {
                _fadeDue = now + FadeTicks;
                _latencies.Fade();
            }
        }
        finally
        {
            _lock.Exit();
        }
    }

    private void MeasureRates(long now)
    {
        var elapsed = now - _rateFrom;
        if (elapsed < TimeSpan.TicksPerSecond)
        {
            return;
        }

        foreach (var member in _roster.Members)
        {
            member.Endpoint.MeasureRate((double)elapsed / TimeSpan.TicksPerSecond);
        }

        _rateFrom = now;
    }

    private void Set(IEnumerable<ClusterMember> members)
    {
        // In the order of their ids, so that every gateway and every test sees one order.
        var next = members.OrderBy(m => m.Endpoint.Id, StringComparer.Ordinal).ToImmutableArray();
        var before = _roster;
        var now = _context.Clock.NowTicks();

        // Whoever joins others that are warm starts slowly. The first ones, and those that come when nobody else is left, have to do all at once.
        var warm = before.All.Endpoints.Any(e => !e.IsRamping && next.Any(m => ReferenceEquals(m.Endpoint, e) && m.State == InstanceState.Up));
        foreach (var member in next)
        {
            if (member.State == InstanceState.Up && !before.Members.Any(m => m.State == InstanceState.Up && ReferenceEquals(m.Endpoint, member.Endpoint)))
            {
                if (warm && _policy.Settings.SlowStart > TimeSpan.Zero)
                {
                    member.Endpoint.BeginRamp(now);
                }
                else
                {
                    member.Endpoint.EndRamp();
                }
            }
        }

        Rebuild(next, now);
    }

    private void Rebuild(ImmutableArray<ClusterMember> members, long now) => _roster = new Roster(Name, members, _policy.Settings, _context.Zone, now);

    private ClusterMember Member(Instance instance)
    {
        const int unsetWeight = 100;
        var scheme = instance.Scheme.Length == 0 ? "http" : instance.Scheme;
        var known = _roster.Members.FirstOrDefault(m => m.Endpoint.Id == instance.Id)?.Endpoint;
        var endpoint = known is not null && known.SameAddress(instance.Host, (int)instance.Port, scheme)
            ? known
            : new Endpoint(this, instance.Id, instance.Host, (int)instance.Port, scheme);
        return new ClusterMember(endpoint, instance.State, instance.Reason, instance.Zone, instance.Weight == 0 ? unsetWeight : (int)instance.Weight);
    }
}
