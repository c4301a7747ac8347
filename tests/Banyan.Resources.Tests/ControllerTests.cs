using System.Collections.Concurrent;
using Banyan.Resources.Controllers;
using Banyan.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using static Banyan.Resources.Tests.Shelf;

namespace Banyan.Resources.Tests;

public sealed class ControllerTests
{
    [Fact]
    public async Task Controller_sees_every_object_its_changes_and_its_end()
    {
        await using var shelf = new Shelf();
        await shelf.Put("b1", """{"spec":{"size":1}}""");
        await using var run = new Run(shelf, "p1");
        await Eventually.True(() => run.Controller.Sizes.TryGetValue(Box("b1"), out var size) && size == 1, "the object that was there");
        await shelf.Put("b1", """{"spec":{"size":2}}""");
        await Eventually.True(() => run.Controller.Sizes.TryGetValue(Box("b1"), out var size) && size == 2, "the change");
        await shelf.Resources.DeleteAsync("boxes", Box("b1"), new WriteContext(Admin), default);
        await Eventually.True(() => run.Controller.Sizes.TryGetValue(Box("b1"), out var size) && size is null, "the deletion");
    }

    [Fact]
    public async Task Failed_reconcile_is_tried_again_after_a_pause_that_grows()
    {
        await using var shelf = new Shelf();
        await using var run = new Run(shelf, "p1");
        run.Controller.FailuresLeft = 2;
        await shelf.Put("b1", "{}");
        await Eventually.True(() => run.Controller.Calls == 1, "the first try");
        await Eventually.True(() => Advance(shelf, 130) && run.Controller.Calls == 2, "the second try");
        await Eventually.True(() => Advance(shelf, 130) && run.Controller.Calls == 3, "the third try");
        await Eventually.True(() => run.Controller.Sizes.ContainsKey(Box("b1")), "success");
    }

    [Fact]
    public async Task Reconcile_that_takes_too_long_is_cancelled_and_tried_again()
    {
        await using var shelf = new Shelf();
        await using var run = new Run(shelf, "p1");
        run.Controller.Hang = true;
        await shelf.Put("b1", "{}");
        await Eventually.True(() => run.Controller.Calls == 1, "the first try");
        run.Controller.Hang = false;
        await Eventually.True(() => Advance(shelf, 1000) && run.Controller.Sizes.ContainsKey(Box("b1")), "the second try");
        Assert.True(run.Controller.WasCancelled);
    }

    [Fact]
    public async Task One_process_acts_and_another_takes_over_when_it_ends()
    {
        await using var shelf = new Shelf();
        var first = new Run(shelf, "p1");
        await Eventually.True(() => first.Runner.Acts, "the first to act");
        await using var second = new Run(shelf, "p2");
        await shelf.Put("b1", "{}");
        await Eventually.True(() => first.Controller.Calls > 0, "the first to work");
        Assert.False(second.Runner.Acts);
        Assert.Equal(0, second.Controller.Calls);
        await first.DisposeAsync();
        await Eventually.True(() => second.Runner.Acts && second.Controller.Sizes.ContainsKey(Box("b1")), "the second to take over");
        Assert.False(first.Runner.Acts);
    }

    [Fact]
    public async Task Queue_gives_a_name_once_however_often_it_is_asked_for()
    {
        var clock = new ManualClock();
        using var queue = new KeyedQueue(clock, new Random(1));
        queue.Add(Box("a"));
        queue.Add(Box("a"));
        queue.Add(Box("b"));
        Assert.Equal(Box("a"), await queue.TakeAsync(default));
        queue.Add(Box("a"));
        queue.Add(Box("a"));
        Assert.Equal(Box("b"), await queue.TakeAsync(default));
        using var nothing = new CancellationTokenSource();
        var none = queue.TakeAsync(nothing.Token);
        Assert.False(none.IsCompleted);
        queue.Done(Box("a"), succeeded: true);
        Assert.Equal(Box("a"), await none);

        queue.Done(Box("a"), succeeded: true);
        queue.AddAfter(Box("a"), TimeSpan.FromSeconds(5));
        queue.AddAfter(Box("a"), TimeSpan.FromSeconds(2));
        var later = queue.TakeAsync(default);
        clock.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(later.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(Box("a"), await later);
        Assert.Equal(0, clock.WaitingTimers);
    }

    private static bool Advance(Shelf shelf, int milliseconds)
    {
        shelf.Clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
        return true;
    }

    private sealed class Run : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _run;

        public Run(Shelf shelf, string candidate)
        {
            Runner = new ControllerRunner<BoxSpec, BoxStatus>(
                Controller, shelf.Resources.Informer(shelf.Boxes), shelf.Store, shelf.Clock, new Random(1), Standing(candidate), NullLogger.Instance);
            _run = Runner.RunAsync(_stop.Token);
        }

        public BoxController Controller { get; } = new();

        public ControllerRunner<BoxSpec, BoxStatus> Runner { get; }

        // The store's time is real, the renewals' is the test's: the lease must outlast any test.
        private static ControllerOptions Standing(string candidate) => new() { Candidate = candidate, LeaseTimeToLive = TimeSpan.FromHours(1) };

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _run;
        }
    }

    private sealed class BoxController : ResourceController<BoxSpec, BoxStatus>
    {
        private int _calls;

        public int Calls => Volatile.Read(ref _calls);

        public volatile int FailuresLeft;

        public volatile bool Hang;

        public volatile bool WasCancelled;

        public ConcurrentDictionary<ResourceName, int?> Sizes { get; } = new();

        public override string Name => "boxes";

        public override TimeSpan Deadline => TimeSpan.FromSeconds(5);

        public override async Task<ReconcileResult> ReconcileAsync(ResourceName name, Resource<BoxSpec, BoxStatus>? resource, CancellationToken ct)
        {
            // Decided before the call is counted: who has seen it counted may change it for the next.
            var hang = Hang;
            Interlocked.Increment(ref _calls);
            if (hang)
            {
                ct.Register(() => WasCancelled = true);
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
            }

            if (FailuresLeft > 0)
            {
                FailuresLeft--;
                throw new InvalidOperationException("not now");
            }

            Sizes[name] = resource is null ? null : resource.Spec.Size ?? 0;
            return ReconcileResult.Done;
        }
    }
}
