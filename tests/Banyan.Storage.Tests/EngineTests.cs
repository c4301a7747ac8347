using Banyan.Contracts;
using Banyan.Hosting;
using Banyan.Store;
using Banyan.Testing;
using Banyan.Testing.Peers;

namespace Banyan.Storage.Tests;

/// <summary>The options choose the engine, and what can go wrong with it is said.</summary>
public sealed class EngineTests : IDisposable
{
    private readonly TempDirectory _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Embedded_is_the_default_and_keeps_what_was_written()
    {
        await using (var first = await StorageHost.StartAsync(_data))
        {
            await StorageHost.PutAsync(first.Store, "test/a");
        }

        await using var second = await StorageHost.StartAsync(_data);
        Assert.Equal(["test/a"], await StorageHost.KeysAsync(second.Store));
        Assert.Equal("embedded", (await second.Store.StatusAsync(CancellationToken.None)).Engine);
        Assert.Contains("Opened the embedded store", second.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("Cut ", second.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Memory_forgets_with_the_process_and_the_token_stays_good()
    {
        await using (var first = await StorageHost.StartAsync(_data, ("store.engine", "memory")))
        {
            await StorageHost.PutAsync(first.Store, "test/a");
        }

        var token = Token();
        await using var second = await StorageHost.StartAsync(_data, ("store.engine", "memory"));
        Assert.Empty(await StorageHost.KeysAsync(second.Store));
        Assert.Equal(token, Token());
        await using var remote = second.Connect(token);
        await StorageHost.PutAsync(remote, "test/b");
        Assert.Equal(["test/b"], await StorageHost.KeysAsync(second.Store));
    }

    [NeedsFact("etcd")]
    public async Task Etcd_is_reached_and_shared()
    {
        await using var cluster = await EtcdCluster.StartAsync(1);
        var endpoints = ("store.etcdEndpoints", string.Join(", ", cluster.Endpoints));
        using var otherData = new TempDirectory();
        await using var one = await StorageHost.StartAsync(_data, ("store.engine", "etcd"), endpoints);
        await using var other = await StorageHost.StartAsync(otherData, ("store.engine", "etcd"), endpoints);
        await StorageHost.PutAsync(one.Store, "test/a");
        Assert.Equal(["test/a"], await StorageHost.KeysAsync(other.Store));
        Assert.Equal("etcd", (await other.Store.StatusAsync(CancellationToken.None)).Engine);
    }

    [Fact]
    public async Task Etcd_that_is_away_stops_the_start_and_is_named()
    {
        var address = $"http://127.0.0.1:{FreePort.Next()}";
        var failure = await Assert.ThrowsAsync<HostStartException>(
            () => StorageHost.StartAsync(_data, ("store.engine", "etcd"), ("store.etcdEndpoints", address)));
        Assert.Contains(address, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Torn_tail_is_cut_and_said()
    {
        await using (var first = await StorageHost.StartAsync(_data))
        {
            await StorageHost.PutAsync(first.Store, "test/a");
        }

        var segment = Directory.GetFiles(_data["store"], "segment-*").Single();
        await File.AppendAllTextAsync(segment, "seventeen bytes..");
        await using var second = await StorageHost.StartAsync(_data);
        Assert.Equal(["test/a"], await StorageHost.KeysAsync(second.Store));
        Assert.Contains("Cut 17 bytes off the end of the log", second.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Directory_of_another_process_stops_the_start()
    {
        await using var first = await StorageHost.StartAsync(_data);
        var failure = await Assert.ThrowsAsync<HostStartException>(() => StorageHost.StartAsync(_data));
        Assert.Contains("in use by process", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Flush_off_is_said()
    {
        await using var host = await StorageHost.StartAsync(_data, ("store.flush", "false"));
        Assert.Contains("store.flush is off", host.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("store.engine", "paper", "memory")]
    [InlineData("store.historyRevisions", "0", "at least 1")]
    [InlineData("store.historyRevisions", "many", "number")]
    [InlineData("store.etcdEndpoints", "localhost 2379", "is not an address")]
    [InlineData("store.etcdEndpoints", "ftp://host", "is not an address")]
    [InlineData("store.flsh", "true", "flush")]
    public async Task Option_that_is_wrong_stops_the_start_with_its_name(string key, string value, string said)
    {
        var failure = await Assert.ThrowsAnyAsync<BanyanException>(() => StorageHost.StartAsync(_data, (key, value)));
        var text = failure.Message + string.Join('\n', failure.Faults.Select(fault => fault.Message));
        Assert.Contains(key, text, StringComparison.Ordinal);
        Assert.Contains(said, text, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_data["store"]));
    }

    private string Token() => File.ReadAllText(_data["admin.token"]).Trim();
}
