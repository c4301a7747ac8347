using Banyan.Contracts.Registry.V1;
using Banyan.Registry.Instances;
using Banyan.Registry.Watch;
using Banyan.Testing;

namespace Banyan.Registry.Tests.Watch;

public class WatchHubTests
{
    private static readonly WatchSelection All = new(string.Empty, []);
    private static readonly WatchSelection Pets = new("default", ["pets"]);

    [Fact]
    public async Task Watch_before_the_first_snapshot_is_refused_and_never_empty()
    {
        var bench = new TableBench();
        var table = new InstanceTable(bench.Clock, bench.Options, bench.Metrics);
        var hub = new WatchHub(table, bench.Metrics);

        var error = await Assert.ThrowsAsync<Contracts.BanyanException>(async () => await FirstAsync(hub.SubscribeAsync(All, CancellationToken.None)));

        Assert.Equal("registry/not-ready", error.Error.Code);
    }

    [Fact]
    public async Task Subscriber_gets_the_whole_selection_first_and_then_changes_only()
    {
        var bench = new TableBench();
        var hub = new WatchHub(bench.Table, bench.Metrics);
        bench.Register("a", TableBench.Ttl);
        bench.Register("b", TableBench.Ttl);
        bench.Register("x", TableBench.Ttl, service: "walks");
        await using var frames = hub.SubscribeAsync(Pets, CancellationToken.None).GetAsyncEnumerator();

        Assert.True(await frames.MoveNextAsync());
        Assert.True(frames.Current.Response.Reset);
        Assert.Equal(["a", "b"], frames.Current.Response.Changed.Select(i => i.Id).Order());
        bench.Register("x2", TableBench.Ttl, service: "walks");
        bench.Register("c", TableBench.Ttl);
        bench.Remove("a");
        hub.Publish();
        Assert.True(await frames.MoveNextAsync());

        Assert.False(frames.Current.Response.Reset);
        Assert.Equal("c", Assert.Single(frames.Current.Response.Changed).Id);
        Assert.Equal("a", Assert.Single(frames.Current.Response.Removed).Id);
    }

    [Fact]
    public async Task Slow_subscriber_gets_only_the_newest_state()
    {
        var bench = new TableBench();
        var hub = new WatchHub(bench.Table, bench.Metrics);
        bench.Register("a", TableBench.Ttl);
        await using var frames = hub.SubscribeAsync(Pets, CancellationToken.None).GetAsyncEnumerator();
        await frames.MoveNextAsync();
        for (var i = 0; i < 1000; i++)
        {
            bench.Hear("a", i % 2 == 0 ? InstanceState.Down : InstanceState.Up);
            hub.Publish();
        }

        bench.Hear("a", InstanceState.Down, "the last word");
        hub.Publish();
        await frames.MoveNextAsync();

        Assert.Equal("it says so itself: the last word", Assert.Single(frames.Current.Response.Changed).Reason);
        var more = frames.MoveNextAsync().AsTask();
        Assert.False(more.IsCompleted);
        bench.Hear("a", InstanceState.Up);
        hub.Publish();
        Assert.True(await more);
    }

    [Fact]
    public async Task Subscribers_at_the_same_point_share_one_message()
    {
        var bench = new TableBench();
        var hub = new WatchHub(bench.Table, bench.Metrics);
        bench.Register("a", TableBench.Ttl);
        await using var one = hub.SubscribeAsync(Pets, CancellationToken.None).GetAsyncEnumerator();
        await using var two = hub.SubscribeAsync(Pets, CancellationToken.None).GetAsyncEnumerator();
        await one.MoveNextAsync();
        await two.MoveNextAsync();
        Assert.Same(one.Current, two.Current);
        bench.Register("b", TableBench.Ttl);
        hub.Publish();

        await one.MoveNextAsync();
        await two.MoveNextAsync();

        Assert.Same(one.Current, two.Current);
        Assert.True(one.Current.Wire.Equals(two.Current.Wire));
        Assert.Equal(one.Current.Response, WatchResponse.Parser.ParseFrom(two.Current.Wire.Span));
    }

    [Fact]
    public async Task Subscriber_that_slept_past_the_remembered_removals_starts_over()
    {
        var bench = new TableBench(o => o.RemembersRemovals = 10);
        var hub = new WatchHub(bench.Table, bench.Metrics);
        bench.Register("stays", TableBench.Ttl);
        for (var i = 0; i < 20; i++)
        {
            bench.Register($"i{i}", TableBench.Ttl);
        }

        await using var frames = hub.SubscribeAsync(Pets, CancellationToken.None).GetAsyncEnumerator();
        await frames.MoveNextAsync();
        for (var i = 0; i < 20; i++)
        {
            bench.Remove($"i{i}");
        }

        hub.Publish();
        await frames.MoveNextAsync();

        Assert.True(frames.Current.Response.Reset);
        Assert.Equal("stays", Assert.Single(frames.Current.Response.Changed).Id);
    }

    [Fact]
    public async Task Cancelled_watch_leaves_nothing_behind()
    {
        var bench = new TableBench();
        var hub = new WatchHub(bench.Table, bench.Metrics);
        using var cancel = new CancellationTokenSource();
        var frames = hub.SubscribeAsync(Pets, cancel.Token).GetAsyncEnumerator();
        await frames.MoveNextAsync();
        Assert.Equal(1, hub.Subscribers);
        var next = frames.MoveNextAsync().AsTask();

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
        await frames.DisposeAsync();
        Assert.Equal(0, hub.Subscribers);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task No_delta_is_lost_whatever_happens_and_however_slow_the_subscriber_is(int seed)
    {
        var random = new Random(seed);
        var bench = new TableBench(o => o.RemembersRemovals = random.Next(1, 40));
        var hub = new WatchHub(bench.Table, bench.Metrics);
        WatchSelection[] selections = [All, new("default", []), Pets, new("default", ["pets", "walks"]), new("other", [])];
        var subscribers = selections.Concat(selections).Select(s => new Model(s, hub)).ToList();
        for (var step = 0; step < 4000; step++)
        {
            var id = $"i{random.Next(12)}";
            var service = new[] { "pets", "walks", "shop" }[random.Next(3)];
            var known = bench.Table.Find(TableBench.Name(id, service)) is not null;
            switch (random.Next(known ? 6 : 1))
            {
                case 0 or 1: bench.Register(id, TableBench.Ttl, service: service); break;
                case 2: bench.Remove(id, service); break;
                case 3: bench.Hear(id, InstanceState.Down, $"step {step}", service); break;
                case 4: bench.Hear(id, InstanceState.Up, service: service); break;
                default: bench.Pass(TimeSpan.FromSeconds(random.Next(8))); break;
            }

            if (random.Next(3) == 0)
            {
                hub.Publish();
            }

            // Some subscribers keep up, others sleep for long.
            if (subscribers[random.Next(subscribers.Count)] is { } subscriber && (random.Next(4) == 0 || subscribers.IndexOf(subscriber) < 5))
            {
                await subscriber.ReadWhatIsThereAsync();
            }
        }

        hub.Publish();
        foreach (var subscriber in subscribers)
        {
            var truth = bench.Table.Changes(subscriber.Selection, 0).Changed.ToDictionary(InstanceName.Of, i => i.VersionNumber);
            await Eventually.True(
                async () =>
                {
                    await subscriber.ReadWhatIsThereAsync();
                    return truth.Count == subscriber.Known.Count && truth.All(t => subscriber.Known.TryGetValue(t.Key, out var i) && i.VersionNumber == t.Value);
                },
                $"the subscriber of '{subscriber.Selection.FeedName}' knows the truth");
        }
    }

    private static async Task<WatchFrame> FirstAsync(IAsyncEnumerable<WatchFrame> frames)
    {
        await foreach (var frame in frames)
        {
            return frame;
        }

        throw new InvalidOperationException("No message.");
    }

    /// <summary>A subscriber that applies every message to its own copy.</summary>
    private sealed class Model(WatchSelection selection, WatchHub hub)
    {
        private readonly IAsyncEnumerator<WatchFrame> _frames = hub.SubscribeAsync(selection, CancellationToken.None).GetAsyncEnumerator();
        private Task<bool>? _next;

        public WatchSelection Selection => selection;

        public Dictionary<InstanceName, Instance> Known { get; } = [];

        public async Task ReadWhatIsThereAsync()
        {
            while (true)
            {
                _next ??= _frames.MoveNextAsync().AsTask();
                if (!_next.IsCompleted)
                {
                    return;
                }

                Assert.True(await _next);
                _next = null;
                var message = _frames.Current.Response;
                if (message.Reset)
                {
                    Known.Clear();
                }

                foreach (var instance in message.Changed)
                {
                    Known[InstanceName.Of(instance)] = instance;
                }

                foreach (var key in message.Removed)
                {
                    Known.Remove(InstanceName.Of(key));
                }
            }
        }
    }
}
