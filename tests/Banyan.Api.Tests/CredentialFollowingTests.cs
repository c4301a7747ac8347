using Banyan.Contracts;
using Banyan.Http;
using Banyan.Http.Authentication;
using Banyan.Resources;
using Banyan.Resources.Audit;
using Banyan.Store;
using Banyan.Store.Memory;
using Banyan.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Banyan.Api.Tests;

/// <summary>Credentials in two processes over one store, under a clock that the test moves.</summary>
public sealed class CredentialFollowingTests : IAsyncLifetime
{
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(5);

    private readonly ManualClock _clock = new();
    private readonly MemoryStore _store = new(TimeProvider.System);
    private StoreCredentials _one = null!;
    private StoreCredentials _other = null!;

    public Task InitializeAsync()
    {
        _one = Open();
        _other = Open();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _one.DisposeAsync();
        await _other.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task Rotated_token_stays_good_for_the_overlap_and_not_a_moment_longer()
    {
        var old = (await CreateAsync("ci")).Token;

        var next = (await _one.RotateAsync("ci", Overlap, Actor.System, default)).Token;

        Assert.NotEqual(old, next);
        Assert.Equal("ci", await NameOfAsync(_one, old));
        Assert.Equal("ci", await NameOfAsync(_one, next));
        _clock.Advance(Overlap - TimeSpan.FromTicks(1));
        Assert.Equal("ci", await NameOfAsync(_one, old));
        _clock.Advance(TimeSpan.FromTicks(2));
        Assert.Null(await NameOfAsync(_one, old));
        Assert.Equal("ci", await NameOfAsync(_one, next));
    }

    [Fact]
    public async Task Rotation_without_overlap_ends_the_old_token_at_once()
    {
        var old = (await CreateAsync("ci")).Token;

        var next = (await _one.RotateAsync("ci", TimeSpan.Zero, Actor.System, default)).Token;

        Assert.Null(await NameOfAsync(_one, old));
        Assert.Equal("ci", await NameOfAsync(_one, next));
    }

    [Fact]
    public async Task Second_rotation_ends_the_first_token_though_its_overlap_is_not_over()
    {
        var first = (await CreateAsync("ci")).Token;
        var second = (await _one.RotateAsync("ci", Overlap, Actor.System, default)).Token;

        var third = (await _one.RotateAsync("ci", Overlap, Actor.System, default)).Token;

        Assert.Null(await NameOfAsync(_one, first));
        Assert.Equal("ci", await NameOfAsync(_one, second));
        Assert.Equal("ci", await NameOfAsync(_one, third));
    }

    [Fact]
    public async Task Other_process_follows_creation_rotation_and_deletion()
    {
        Assert.Null(await NameOfAsync(_other, "nothing"));
        var old = (await CreateAsync("ci")).Token;
        await Eventually.True(async () => await NameOfAsync(_other, old) == "ci", "the other process knows the credential");

        var next = (await _one.RotateAsync("ci", Overlap, Actor.System, default)).Token;
        await Eventually.True(async () => await NameOfAsync(_other, next) == "ci", "the other process knows the new token");
        Assert.Equal("ci", await NameOfAsync(_other, old));
        _clock.Advance(Overlap + TimeSpan.FromTicks(1));
        Assert.Null(await NameOfAsync(_other, old));

        await _one.DeleteAsync("ci", Actor.System, default);
        Assert.Null(await NameOfAsync(_one, next));
        await Eventually.True(async () => await NameOfAsync(_other, next) is null, "the other process knows the deletion");
    }

    [Fact]
    public async Task Process_that_starts_later_knows_what_was_made_before()
    {
        var token = (await CreateAsync("ci")).Token;
        await using var late = Open();

        Assert.Equal("ci", await NameOfAsync(late, token));
    }

    [Fact]
    public async Task Two_processes_that_delete_administrators_at_once_leave_one()
    {
        await _one.CreateAsync("a", ActorRole.Administrator, null, null, Actor.System, default);
        await _one.CreateAsync("b", ActorRole.Administrator, null, null, Actor.System, default);

        var outcomes = await Task.WhenAll(TryDeleteAsync(_one, "a"), TryDeleteAsync(_other, "b"));

        Assert.Single(outcomes, deleted => deleted);
        Assert.Single(await _one.ListAsync(default));
    }

    [Fact]
    public async Task Own_deletion_holds_when_the_news_of_the_creation_comes_after_it()
    {
        await using var store = new BehindStore(_store);
        await using var credentials = Open(store);
        store.ReleaseList();
        Assert.Null(await NameOfAsync(credentials, "nothing"));
        var token = (await credentials.CreateAsync("ci", ActorRole.Reader, null, null, Actor.System, default)).Token;
        await Eventually.True(() => store.Heard == 1, "the news of the creation is on its way");
        await credentials.DeleteAsync("ci", Actor.System, default);
        Assert.Null(await NameOfAsync(credentials, token));

        store.ReleaseBatch();
        await Eventually.True(() => store.Told == 1, "the news of the creation is here");

        Assert.Null(await NameOfAsync(credentials, token));
    }

    [Fact]
    public async Task Own_creation_holds_when_the_list_that_was_read_before_comes_after_it()
    {
        await using var store = new BehindStore(_store);
        await using var credentials = Open(store);
        var first = NameOfAsync(credentials, "nothing");
        await Eventually.True(() => store.Listed == 1, "the list is on its way");
        var token = (await credentials.CreateAsync("ci", ActorRole.Reader, null, null, Actor.System, default)).Token;

        store.ReleaseList();
        await first;

        Assert.Equal("ci", await NameOfAsync(credentials, token));
    }

    private static async Task<bool> TryDeleteAsync(StoreCredentials credentials, string name)
    {
        try
        {
            await credentials.DeleteAsync(name, Actor.System, default);
            return true;
        }
        catch (BanyanException e) when (e.Error == HttpErrors.LastAdministrator)
        {
            return false;
        }
    }

    private static async Task<string?> NameOfAsync(StoreCredentials credentials, string token) => (await credentials.VerifyAsync(token, "test", default))?.Name;

    private StoreCredentials Open() => Open(_store);

    private StoreCredentials Open(IStore store) =>
        new(store, new AuditLog(store, _clock, new ResourcesOptions()), _clock, NullLogger<StoreCredentials>.Instance);

    private Task<IssuedCredential> CreateAsync(string name) => _one.CreateAsync(name, ActorRole.Reader, null, null, Actor.System, default);
}
