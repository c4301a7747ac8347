using Banyan.Grpc;
using Banyan.Store;
using Banyan.Testing;

namespace Banyan.Storage.Tests;

/// <summary>Other processes reach the store over gRPC, and only administrators do.</summary>
public sealed class ServingTests : IAsyncLifetime
{
    private readonly TempDirectory _data = new();
    private StorageHost? _host;

    private StorageHost Host => _host!;

    public async Task InitializeAsync() => _host = await StorageHost.StartAsync(_data);

    public async Task DisposeAsync()
    {
        await Host.DisposeAsync();
        _data.Dispose();
    }

    [Fact]
    public async Task Administrator_reads_commits_and_watches()
    {
        await using var remote = Host.Connect(TokenOf("admin"));
        var revision = await StorageHost.PutAsync(remote, "test/a");
        Assert.Equal(["test/a"], await StorageHost.KeysAsync(remote));
        Assert.Equal(["test/a"], await StorageHost.KeysAsync(Host.Store));
        await foreach (var batch in remote.WatchAsync(new WatchQuery(KeyRange.Prefix("test/")) { AfterRevision = revision - 1, Progress = false }, CancellationToken.None))
        {
            Assert.Equal(["test/a"], batch.Events.Select(change => change.Entry.Key.ToString()));
            break;
        }
    }

    [Fact]
    public async Task Reader_service_and_stranger_get_nothing()
    {
        foreach (var (token, code) in new[]
        {
            (TokenOf("reader"), StatusCode.PermissionDenied),
            (await Host.ServiceTokenAsync(), StatusCode.PermissionDenied),
            (null, StatusCode.Unauthenticated),
            (TokenOf("admin") + "x", StatusCode.Unauthenticated),
        })
        {
            await using var remote = Host.Connect(token);
            var calls = new Func<Task>[]
            {
                () => StorageHost.PutAsync(remote, "test/forbidden"),
                () => StorageHost.KeysAsync(remote),
                async () => await remote.StatusAsync(CancellationToken.None),
                async () => await remote.GrantLeaseAsync(TimeSpan.FromSeconds(60), 0, CancellationToken.None),
                async () => await remote.CompactAsync(1, CancellationToken.None),
                () => StorageHost.PutAsync(remote, "test/" + new string('x', 600)),
                async () => await remote.WatchAsync(new WatchQuery(KeyRange.All), CancellationToken.None).GetAsyncEnumerator().MoveNextAsync(),
                async () => await remote.CommitAsync(
                    StoreTransaction.Of(new StoreOperation.Put("test/large", new byte[900 * 1024])), CancellationToken.None),
            };
            foreach (var call in calls)
            {
                var refused = await Assert.ThrowsAsync<StoreException>(call);
                Assert.Equal((StoreError.Unavailable, false), (refused.Error, refused.MaybeDone));
                Assert.Equal(code, Assert.IsAssignableFrom<GrpcException>(refused.InnerException).StatusCode);
                Assert.Contains("administrators", refused.Message, StringComparison.Ordinal);
            }
        }

        Assert.Empty(await StorageHost.KeysAsync(Host.Store));
    }

    private string TokenOf(string name) => File.ReadAllText(_data[name + ".token"]).Trim();
}
