using System.Text.Json;
using System.Text.Json.Nodes;
using Banyan.Contracts;
using Banyan.Resources.Audit;
using Banyan.Resources.Json;
using Banyan.Resources.Watching;
using Banyan.Resources.Writing;
using Banyan.Store;
using Microsoft.Extensions.Logging;

namespace Banyan.Resources;

/// <summary>The objects of all kinds in a store. Constructed without effects.</summary>
public sealed class StoreResources : IResources, IAsyncDisposable
{
    private readonly ResourceReader _reader;
    private readonly ResourceWriter _writer;
    private readonly IStore _store;
    private readonly InformerSet _informers;
    private int _disposed;

    /// <summary>Puts the objects of these kinds into this store.</summary>
    public StoreResources(IStore store, KindSet kinds, TimeProvider clock, AuditLog audit, ResourcesOptions options, ILogger<StoreResources> log)
    {
        Kinds = kinds;
        _store = store;
        _informers = new InformerSet(store, clock, log);
        _reader = new ResourceReader(store);
        _writer = new ResourceWriter(store, kinds, _informers, clock, audit, options);
    }

    /// <inheritdoc/>
    public KindSet Kinds { get; }

    /// <inheritdoc/>
    public async Task<Resource<TSpec, TStatus>?> FindAsync<TSpec, TStatus>(ResourceKind<TSpec, TStatus> kind, ResourceName name, CancellationToken ct)
        where TSpec : class
        where TStatus : class => (await _reader.GetAsync(kind, name, ct))?.Read(kind);

    /// <inheritdoc/>
    public Task<Resource<TSpec, TStatus>?> RevealAsync<TSpec, TStatus>(ResourceKind<TSpec, TStatus> kind, ResourceName name, CancellationToken ct)
        where TSpec : class
        where TStatus : class => _reader.RevealAsync(kind, name, ct);

    /// <inheritdoc/>
    public async Task<ResourceList<TSpec, TStatus>> ListAsync<TSpec, TStatus>(ResourceKind<TSpec, TStatus> kind, ResourceFilter filter, CancellationToken ct)
        where TSpec : class
        where TStatus : class
    {
        var list = await _reader.ListAsync(kind, filter, ct);
        return new ResourceList<TSpec, TStatus>([.. list.Items.Select(d => d.Read(kind))], list.Revision, list.Continue);
    }

    /// <inheritdoc/>
    public async Task<Resource<TSpec, TStatus>> WriteStatusAsync<TSpec, TStatus>(
        ResourceKind<TSpec, TStatus> kind, ResourceName name, Func<TStatus?, TStatus> change, CancellationToken ct)
        where TSpec : class
        where TStatus : class
    {
        // A controller reports what it sees; nobody asked for it, so it is not in the audit log.
        var result = await _writer.WriteStatusAsync(
            kind,
            name,
            WriteContext.System,
            record: false,
            live => JsonFields.WithoutNulls(JsonSerializer.SerializeToNode(
                change(live.State!.Status is { } status ? status.Deserialize(kind.TypedStatus) : null), kind.TypedStatus)!.AsObject()),
            ct);
        return result.Document.Read(kind);
    }

    /// <inheritdoc/>
    public IInformer<TSpec, TStatus> Informer<TSpec, TStatus>(ResourceKind<TSpec, TStatus> kind)
        where TSpec : class
        where TStatus : class =>
        _informers.Get(kind);

    /// <inheritdoc/>
    public Task<ResourceDocument?> GetAsync(string plural, ResourceName name, CancellationToken ct) => _reader.GetAsync(Kinds.Get(plural), name, ct);

    /// <inheritdoc/>
    public Task<DocumentList> ListAsync(string plural, ResourceFilter filter, CancellationToken ct) => _reader.ListAsync(Kinds.Get(plural), filter, ct);

    /// <inheritdoc/>
    public Task<WriteResult> CreateAsync(string plural, ResourceName name, JsonObject document, WriteContext context, CancellationToken ct)
    {
        var kind = Kinds.Get(plural);
        return _writer.WriteAsync(kind, name, "create", context, Plan, ct);

        ResourceWriter.Plan Plan(LoadedObject live, List<Fault> faults) => live.State is null
            ? new(EnvelopeCheck.ReadFields(kind, name, document, faults))
            : throw new BanyanException(ResourceErrors.AlreadyExists, $"{kind.Name} '{name}' exists already. Replace or apply it, or choose another name.");
    }

    /// <inheritdoc/>
    public Task<WriteResult> ReplaceAsync(string plural, ResourceName name, JsonObject document, WriteContext context, CancellationToken ct)
    {
        var kind = Kinds.Get(plural);

        // A document that was read, changed and sent back carries the revision it was read at: it must not undo what others did since.
        if (context.IfMatch is null && document["metadata"] is JsonObject metadata && metadata["revision"] is JsonValue value && value.TryGetValue<long>(out var revision))
        {
            context = context with { IfMatch = revision };
        }

        return _writer.WriteAsync(kind, name, "replace", context, (_, faults) => new(EnvelopeCheck.ReadFields(kind, name, document, faults)), ct);
    }

    /// <inheritdoc/>
    public Task<WriteResult> PatchAsync(string plural, ResourceName name, JsonObject patch, WriteContext context, CancellationToken ct)
    {
        var kind = Kinds.Get(plural);
        return _writer.WriteAsync(kind, name, "patch", context, Plan, ct);

        ResourceWriter.Plan Plan(LoadedObject live, List<Fault> faults)
        {
            if (live.Document is null)
            {
                throw ResourceWriter.NotFound(kind, name);
            }

            if (patch.ContainsKey("status"))
            {
                faults.Add(new Fault("/status", "The status has its own door: PUT it at the object's address with '/status' behind it.", "unknown-field"));
            }

            return new(EnvelopeCheck.ReadFields(kind, name, MergePatch.Apply(live.Document.ToJson(), patch)!.AsObject(), faults));
        }
    }

    /// <inheritdoc/>
    public Task<WriteResult> ApplyAsync(string plural, ResourceName name, JsonObject intent, WriteContext context, CancellationToken ct)
    {
        var kind = Kinds.Get(plural);
        return _writer.WriteAsync(kind, name, "apply", context, Plan, ct);

        ResourceWriter.Plan Plan(LoadedObject live, List<Fault> faults)
        {
            var wanted = EnvelopeCheck.ReadFields(kind, name, intent, faults);
            if (wanted["spec"] is not JsonObject)
            {
                // Not mergeable; the structural check says what is wrong.
                return new(wanted, wanted);
            }

            return new(live.Owners.Merge(context.Manager, live.State?.ToFields() ?? [], wanted), wanted);
        }
    }

    /// <inheritdoc/>
    public Task<WriteResult> ReplaceStatusAsync(string plural, ResourceName name, JsonObject status, WriteContext context, CancellationToken ct)
    {
        var clean = JsonFields.WithoutNulls(status);
        return _writer.WriteStatusAsync(Kinds.Get(plural), name, context, record: true, _ => clean, ct);
    }

    /// <inheritdoc/>
    public Task<WriteResult> DeleteAsync(string plural, ResourceName name, WriteContext context, CancellationToken ct) =>
        _writer.DeleteAsync(Kinds.Get(plural), name, context, ct);

    /// <inheritdoc/>
    public IAsyncEnumerable<ResourceChanges> WatchAsync(string plural, ResourceFilter filter, long after, CancellationToken ct) =>
        _reader.WatchAsync(Kinds.Get(plural), filter, after, ct);

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>?> OwnershipAsync(string plural, ResourceName name, CancellationToken ct)
    {
        var kind = Kinds.Get(plural);
        ResourceNames.Check(kind, name);
        var live = await LoadedObject.LoadAsync(_store, kind, name, ct);
        return live.State is null ? null : live.Owners.View;
    }

    /// <summary>Stops the informers; again is nothing, because a container that knows the object under two types disposes it twice.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await _informers.DisposeAsync();
        }
    }
}
