using System.Text.Json.Nodes;
using Banyan.Contracts;
using Banyan.Resources.Audit;
using Banyan.Store.Memory;
using Banyan.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Banyan.Resources.Tests;

/// <summary>Resources over a fresh memory store, with short words for what tests do.</summary>
internal sealed class Shelf : IAsyncDisposable
{
    public static readonly Actor Admin = new("operator", ActorRole.Administrator, null, null, "127.0.0.1");
    public static readonly Actor Guest = new("reader", ActorRole.Reader, null, null, "127.0.0.1");

    public Shelf(ResourcesOptions? options = null, bool withDomains = false)
    {
        Audit = new AuditLog(Store, Clock, options ?? new ResourcesOptions());
        var kinds = new KindSet(withDomains ? [Boxes, Safes, Domains] : [Boxes, Safes]);
        Resources = new StoreResources(Store, kinds, Clock, Audit, options ?? new ResourcesOptions(), NullLogger<StoreResources>.Instance);
    }

    public ManualClock Clock { get; } = new();

    public MemoryStore Store { get; } = new(TimeProvider.System);

    public BoxKind Boxes { get; } = new();

    public SafeKind Safes { get; } = new();

    public TestDomainKind Domains { get; } = new();

    public AuditLog Audit { get; }

    public StoreResources Resources { get; }

    public static ResourceName Box(string name) => new("default", name);

    public static JsonObject Doc(string json) => JsonNode.Parse(json)!.AsObject();

    public static WriteContext As(string manager, bool force = false) => new(Admin) { FieldManager = manager, Force = force };

    public Task<WriteResult> Apply(string name, string json, string manager = "cli", bool force = false) =>
        Resources.ApplyAsync("boxes", Box(name), Doc(json), As(manager, force), default);

    public Task<WriteResult> Put(string name, string json, WriteContext? context = null) =>
        Resources.ReplaceAsync("boxes", Box(name), Doc(json), context ?? new WriteContext(Admin), default);

    public async Task<JsonObject> Get(string name) => (await Resources.GetAsync("boxes", Box(name), default))!.ToJson();

    public async Task<string> Spec(string name) => (await Get(name))["spec"]!.ToJsonString();

    public static async Task<BanyanException> Fails(ErrorCode error, Func<Task> act)
    {
        var e = await Assert.ThrowsAsync<BanyanException>(act);
        Assert.Equal(error, e.Error);
        return e;
    }

    public async ValueTask DisposeAsync()
    {
        await Resources.DisposeAsync();
        await Store.DisposeAsync();
    }
}
