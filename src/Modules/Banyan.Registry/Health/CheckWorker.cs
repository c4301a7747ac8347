using Banyan.Hosting;
using Banyan.Registry.Instances;
using System.Threading.Channels;

namespace Banyan.Registry.Health;

/// <summary>
/// Runs active checks when they are due, a bounded number at a time, never two of one instance. Intervals are spread by a tenth either way, so that instances
/// that registered together are not checked together for ever.
/// </summary>
internal sealed class CheckWorker : ModuleWorker, IDisposable
{
    private const double Jitter = 0.1;

    // After a restart everything is due at once; the first round is spread over this long, as nothing is known to be wrong.
    private static readonly TimeSpan FirstRound = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly PriorityQueue<(InstanceEntry Entry, int PlanNumber), long> _due = new();
    private readonly Channel<bool> _earlier = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly SemaphoreSlim _slots;
    private readonly InstanceTable _table;
    private readonly IProber _prober;
    private readonly RegistryMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly Random _random;
    private readonly HashSet<Task> _running = [];

    public CheckWorker(InstanceTable table, IProber prober, RegistryOptions options, RegistryMetrics metrics, TimeProvider clock, Random random)
    {
        (_table, _prober, _metrics, _clock, _random) = (table, prober, metrics, clock, random);
        _slots = new SemaphoreSlim(options.ConcurrentChecks);
        table.PlanChanged = Enqueue;
    }

    public override string Name => "checks";

    public void Dispose() => _slots.Dispose();

    protected override async Task RunAsync(CancellationToken ct)
    {
        try
        {
            await StartChecksAsync(ct);
        }
        finally
        {
            // The worker ends after its last check: nothing probes or reports while the modules below this one stop.
            await Task.WhenAll(Running()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task StartChecksAsync(CancellationToken ct)
    {
        while (true)
        {
            var now = _clock.GetTimestamp();
            if (TryTake(now, out var next, out var due))
            {
                await _slots.WaitAsync(ct);
                Keep(CheckAsync(next.Entry, next.PlanNumber, due, ct));
                continue;
            }

            // A minute at most, so that a clock that was set does not make it oversleep.
            var wait = due is null ? TimeSpan.FromMinutes(1) : _clock.GetElapsedTime(now, due.Value);
            using var timer = CancellationTokenSource.CreateLinkedTokenSource(ct);
            timer.CancelAfter(Timeout.InfiniteTimeSpan);
            var sleep = Task.Delay(wait < TimeSpan.FromMinutes(1) ? wait : TimeSpan.FromMinutes(1), _clock, timer.Token);
            var earlier = _earlier.Reader.WaitToReadAsync(timer.Token).AsTask();
            await Task.WhenAny(sleep, earlier);
            await timer.CancelAsync();
            ct.ThrowIfCancellationRequested();
            _earlier.Reader.TryRead(out _);
        }
    }

    private void Keep(Task check)
    {
        lock (_lock)
        {
            _running.RemoveWhere(t => t.IsCompleted);
            _running.Add(check);
        }
    }

    private Task[] Running()
    {
        lock (_lock)
        {
            return [.. _running];
        }
    }

    // Under the table's lock.
    private void Enqueue(InstanceEntry entry)
    {
        if (entry.Plan is not { } plan)
        {
            return;
        }

        var spread = entry.Restored is null ? TimeSpan.Zero : (plan.Interval < FirstRound ? plan.Interval : FirstRound) * NextDouble();
        Enqueue(entry, entry.PlanNumber, spread);
    }

    private void Enqueue(InstanceEntry entry, int planNumber, TimeSpan after)
    {
        var due = _clock.GetTimestamp() + (long)(after.TotalSeconds * _clock.TimestampFrequency);
        lock (_lock)
        {
            _due.Enqueue((entry, planNumber), due);
        }

        _earlier.Writer.TryWrite(true);
    }

    private bool TryTake(long now, out (InstanceEntry Entry, int PlanNumber) next, out long? due)
    {
        lock (_lock)
        {
            if (!_due.TryPeek(out next, out var at))
            {
                due = null;
                return false;
            }

            due = at;
            if (at > now)
            {
                return false;
            }

            _due.Dequeue();
            return true;
        }
    }

    private async Task CheckAsync(InstanceEntry entry, int planNumber, long? due, CancellationToken ct)
    {
        CheckPlan? plan = null;
        try
        {
            (plan, var target) = _table.Read(entry, e => (e.PlanNumber == planNumber && !e.Removed ? e.Plan : null, e.Current));
            if (plan is null)
            {
                return;
            }

            if (due is { } at && _clock.GetElapsedTime(at) > TimeSpan.FromSeconds(1))
            {
                _metrics.ChecksLate.Add(1);
            }

            var outcome = await _prober.ProbeAsync(plan, target, ct);
            _metrics.Checks.Add(1, new KeyValuePair<string, object?>("outcome", outcome.Passed ? "passed" : "failed"));
            _table.Report(entry, planNumber, outcome);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The module stops; the check is not needed any more.
        }
        finally
        {
            // Whatever became of this check, there is a next one.
            if (plan is not null && !ct.IsCancellationRequested)
            {
                Enqueue(entry, planNumber, plan.Interval * (1 - Jitter + (2 * Jitter * NextDouble())));
            }

            _slots.Release();
        }
    }

    private double NextDouble()
    {
        lock (_lock)
        {
            return _random.NextDouble();
        }
    }
}
