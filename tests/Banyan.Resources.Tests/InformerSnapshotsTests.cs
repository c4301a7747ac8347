using Banyan.Resources.Watching;
using Banyan.Testing;

namespace Banyan.Resources.Tests;

public sealed class InformerSnapshotsTests
{
    private readonly HandInformer _informer = new();
    private readonly ManualClock _clock = new();

    [Fact]
    public async Task First_snapshot_comes_with_the_first_whole_list()
    {
        await using var snapshots = _informer.FollowAsync(CancellationToken.None).GetAsyncEnumerator();
        var first = snapshots.MoveNextAsync();
        _informer.Tell();
        Assert.False(first.IsCompleted);

        _informer.Sync();

        Assert.True(await first);
        Assert.Same(_informer.Snapshot, snapshots.Current);
    }

    [Fact]
    public async Task Changes_while_the_reader_is_busy_are_taken_together()
    {
        _informer.Sync();
        await using var snapshots = _informer.FollowAsync(CancellationToken.None).GetAsyncEnumerator();
        Assert.True(await snapshots.MoveNextAsync());

        _informer.Tell();
        _informer.Tell();
        _informer.Tell();

        Assert.True(await snapshots.MoveNextAsync());
        Assert.Same(_informer.Snapshot, snapshots.Current);
        var next = snapshots.MoveNextAsync();
        Assert.False(next.IsCompleted);
        _informer.Tell();
        Assert.True(await next);
    }

    [Fact]
    public async Task Snapshot_comes_again_once_in_a_while_although_nothing_changed()
    {
        _informer.Sync();
        await using var snapshots = _informer.FollowAsync(_clock, TimeSpan.FromSeconds(5), CancellationToken.None).GetAsyncEnumerator();
        Assert.True(await snapshots.MoveNextAsync());
        var next = snapshots.MoveNextAsync();

        _clock.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(next.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(0.1));

        Assert.True(await next);
        Assert.Same(_informer.Snapshot, snapshots.Current);
    }

    [Fact]
    public async Task Cancellation_ends_it_and_the_informer_is_let_go()
    {
        using var stop = new CancellationTokenSource();
        _informer.Sync();
        await using var snapshots = _informer.FollowAsync(stop.Token).GetAsyncEnumerator();
        Assert.True(await snapshots.MoveNextAsync());
        Assert.True(_informer.IsFollowed);
        var next = snapshots.MoveNextAsync();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
        Assert.False(_informer.IsFollowed);
    }

    /// <summary>An informer that tells what a test says, when it says so.</summary>
    private sealed class HandInformer : IInformer<BoxSpec, BoxStatus>
    {
        private readonly TaskCompletionSource _synced = new();

        public event Action? Changed;

        public bool IsFollowed => Changed is not null;

        public bool Synced => _synced.Task.IsCompleted;

        public long Revision { get; private set; }

        public IReadOnlyDictionary<ResourceName, Resource<BoxSpec, BoxStatus>> Snapshot { get; private set; } = new Dictionary<ResourceName, Resource<BoxSpec, BoxStatus>>();

        public void Sync() => _synced.SetResult();

        public void Tell()
        {
            Snapshot = new Dictionary<ResourceName, Resource<BoxSpec, BoxStatus>>();
            Revision++;
            Changed?.Invoke();
        }

        public void Start()
        {
        }

        public Task WaitForSyncAsync(CancellationToken ct) => _synced.Task.WaitAsync(ct);
    }
}
