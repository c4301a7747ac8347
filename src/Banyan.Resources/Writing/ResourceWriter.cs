using System.Text.Json;
using System.Text.Json.Nodes;
using Banyan.Contracts;
using Banyan.Resources.Audit;
using Banyan.Resources.Json;
using Banyan.Resources.Storage;
using Banyan.Resources.Watching;
using Banyan.Store;

namespace Banyan.Resources.Writing;

/// <summary>
/// The one gate every write of spec and metadata passes: read, plan, authorise, structure, defaults, the kind's rules, commit with compare. When another writer
/// was faster, all of it again.
/// </summary>
internal sealed class ResourceWriter(IStore store, KindSet kinds, InformerSet informers, TimeProvider clock, AuditLog audit, ResourcesOptions options)
{
    private const int Attempts = 16;

    /// <summary>What a write intends, given the object as it is. <see cref="Intent"/> is only set by an apply.</summary>
    internal sealed record Plan(JsonObject Fields, JsonObject? Intent = null);

    public async Task<WriteResult> WriteAsync(
        ResourceKind kind, ResourceName name, string verb, WriteContext context, Func<LoadedObject, List<Fault>, Plan> plan, CancellationToken ct)
    {
        ResourceNames.Check(kind, name);
        Authorise(kind, name, context.Actor, ResourceVerb.Write);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var live = await LoadedObject.LoadAsync(store, kind, name, ct);
            CheckMatch(kind, name, live, context);
            if (await TryWriteAsync(kind, name, verb, context, live, plan, ct) is { } result)
            {
                return result;
            }
        }

        throw TooBusy(kind, name);
    }

    public async Task<WriteResult> DeleteAsync(ResourceKind kind, ResourceName name, WriteContext context, CancellationToken ct)
    {
        ResourceNames.Check(kind, name);
        Authorise(kind, name, context.Actor, ResourceVerb.Delete);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var live = await LoadedObject.LoadAsync(store, kind, name, ct);
            var state = live.State ?? throw NotFound(kind, name);
            CheckMatch(kind, name, live, context);
            var validation = new ResourceValidation(store, kinds, informers, context.Actor, name.Domain);
            await kind.ValidateDeleteAsync(name, validation, ct);
            if (validation.Faults.Count > 0)
            {
                throw new BanyanException(ResourceErrors.InUse, $"{kind.Name} '{name}' cannot be deleted. {validation.Faults[0].Message}") { Faults = validation.Faults };
            }

            var marks = state.Metadata.Finalizers.Count > 0;
            var next = marks ? state with { Metadata = state.Metadata with { DeletedAt = state.Metadata.DeletedAt ?? clock.GetUtcNow() } } : null;
            var outcome = marks ? WriteOutcome.Deleting : WriteOutcome.Deleted;
            if (marks && state.Metadata.DeletedAt is not null)
            {
                return new WriteResult(outcome, live.Document!, []);
            }

            if (await CommitAsync(kind, name, "delete", context, live, next, live.Owners, live.Secrets, validation.Guards, ct) is { } document)
            {
                return new WriteResult(outcome, document, []);
            }
        }

        throw TooBusy(kind, name);
    }

    /// <summary>Status has its own door: nothing but the status changes, and generation stays.</summary>
    public async Task<WriteResult> WriteStatusAsync(
        ResourceKind kind, ResourceName name, WriteContext context, bool record, Func<LoadedObject, JsonNode> change, CancellationToken ct)
    {
        ResourceNames.Check(kind, name);
        Authorise(kind, name, context.Actor, ResourceVerb.WriteStatus);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var live = await LoadedObject.LoadAsync(store, kind, name, ct);
            var state = live.State ?? throw NotFound(kind, name);
            CheckMatch(kind, name, live, context);
            var status = change(live);
            var faults = new List<Fault>();
            StructuralCheck.Run(status, kind.StatusType, "/status", faults);
            ThrowIfAny(kind, name, faults);
            if (JsonNode.DeepEquals(state.Status, status))
            {
                return new WriteResult(WriteOutcome.Unchanged, live.Document!, []);
            }

            var next = state with { Status = status.DeepClone() };
            if (await CommitAsync(kind, name, record ? "status" : null, context, live, next, live.Owners, live.Secrets, [], ct) is { } document)
            {
                return new WriteResult(WriteOutcome.Updated, document, [new FieldChange("/status", state.Status, status)]);
            }
        }

        throw TooBusy(kind, name);
    }

    public static BanyanException NotFound(ResourceKind kind, ResourceName name) =>
        new(ResourceErrors.NotFound, $"There is no {kind.Name} '{name}'. List '{kind.Plural}' to see what there is.");

    private static void Authorise(ResourceKind kind, ResourceName name, Actor actor, ResourceVerb verb)
    {
        if (!kind.Allows(actor, verb, name.Domain, name.Name))
        {
            throw new BanyanException(
                ResourceErrors.Forbidden,
                $"'{actor.Name}' ({AuditLog.RoleName(actor.Role)}) may not {(verb == ResourceVerb.Delete ? "delete" : "write")} {kind.Name} '{name}'. Use an administrator's credential.");
        }
    }

    private static void CheckMatch(ResourceKind kind, ResourceName name, LoadedObject live, WriteContext context)
    {
        if (context.IfMatch is { } wanted && wanted != live.ModRevision)
        {
            throw Stale(kind, name, wanted, live.ModRevision);
        }
    }

    private static BanyanException Stale(ResourceKind kind, ResourceName name, long wanted, long is_) =>
        new(ResourceErrors.Stale, is_ == 0
            ? $"{kind.Name} '{name}' does not exist, but revision {wanted} of it was asked for. Leave If-Match out to create it."
            : $"{kind.Name} '{name}' is at revision {is_}, not {wanted}. Read it again, and repeat the change on what it is now.");

    private static BanyanException TooBusy(ResourceKind kind, ResourceName name) =>
        new(ResourceErrors.Conflict, $"{kind.Name} '{name}' was changed by others {Attempts} times while this write was tried. Try again.");

    private static void ThrowIfAny(ResourceKind kind, ResourceName name, IReadOnlyList<Fault> faults)
    {
        if (faults.Count > 0)
        {
            throw new BanyanException(
                ResourceErrors.Invalid,
                $"{kind.Name} '{name}' has {faults.Count} fault{(faults.Count == 1 ? string.Empty : "s")}: {faults[0].Pointer}: {faults[0].Message}")
            { Faults = faults };
        }
    }

    /// <returns>Null when another writer was faster.</returns>
    private async Task<WriteResult?> TryWriteAsync(
        ResourceKind kind, ResourceName name, string verb, WriteContext context, LoadedObject live, Func<LoadedObject, List<Fault>, Plan> plan, CancellationToken ct)
    {
        // 1. What is intended, and its structure.
        var faults = new List<Fault>();
        var (fields, intent) = plan(live, faults);
        EnvelopeCheck.CheckFields(kind, fields, faults);
        faults = [.. faults.Distinct()];
        ThrowIfAny(kind, name, faults);

        // 2. Defaults; from here on the spec is in the one form that is stored, with marks for what is write-only. The kind's rules see the values.
        var secrets = live.Secrets.Take(kind, fields, intent, faults);
        ThrowIfAny(kind, name, faults);
        var spec = ReadSpec(kind, name, secrets.Reveal(fields)["spec"]!);
        fields["spec"] = kind.WriteSpec(spec);
        fields = secrets.Hide(fields);
        var liveFields = live.State?.ToFields();
        var owners = intent is null
            ? live.Owners.AfterWrite(context.Manager, liveFields, fields)
            : Take(kind, name, context, live.Owners, liveFields ?? [], fields, intent);

        // 3. The kind's rules.
        var metadata = Metadata(name, live.State, fields);
        var validation = new ResourceValidation(store, kinds, informers, context.Actor, name.Domain);
        if (metadata.DeletedAt is not null && metadata.Finalizers.Except(live.State!.Metadata.Finalizers).FirstOrDefault() is { } late)
        {
            validation.Add("/metadata/finalizers", $"The object is being deleted; '{late}' cannot be added any more.", "out-of-range");
        }

        if (live.State is null && name.Domain is not null && kinds.FindByName("Domain") is not null)
        {
            await validation.RequireExistsAsync("Domain", new ResourceName(null, name.Domain), "/metadata/domain", ct);
        }

        await kind.ValidateUntypedAsync(metadata, spec, live.State?.Status, validation, ct);
        ThrowIfAny(kind, name, validation.Faults);

        // 4. Nothing new: nothing is written, and watchers sleep on.
        var changes = JsonFields.Diff(liveFields, fields);
        var next = new StoredState(metadata, fields["spec"]!.AsObject(), live.State?.Status);
        if (live.State is not null && changes.Count == 0)
        {
            return owners.SameAs(live.Owners) || context.DryRun || await CommitOwnersAsync(kind, name, live, owners, ct)
                ? new WriteResult(WriteOutcome.Unchanged, live.Document!, [])
                : null;
        }

        // 5. Commit. The last finaliser's removal from an object marked as deleted deletes it.
        var goes = metadata.DeletedAt is not null && metadata.Finalizers.Count == 0;
        var outcome = live.State is null ? WriteOutcome.Created : goes ? WriteOutcome.Deleted : WriteOutcome.Updated;
        var document = await CommitAsync(kind, name, verb, context, live, goes ? null : next, owners, secrets, validation.Guards, ct);
        return document is null ? null : new WriteResult(outcome, document, changes);
    }

    private static FieldOwners Take(
        ResourceKind kind, ResourceName name, WriteContext context, FieldOwners owners, JsonObject live, JsonObject next, JsonObject intent)
    {
        var conflicts = owners.Conflicts(context.Manager, live, next, intent);
        if (conflicts.Count > 0 && !context.Force)
        {
            var others = string.Join(", ", conflicts.Select(c => $"'{c.Manager}'").Distinct());
            throw new BanyanException(
                ResourceErrors.FieldConflict,
                $"{kind.Name} '{name}': {others} own{(others.Contains(',', StringComparison.Ordinal) ? string.Empty : "s")} fields that '{context.Manager}' wants to set otherwise. Leave them out, or apply with force.")
            {
                Faults = FieldOwners.ToFaults(conflicts, live),
            };
        }

        return owners.AfterApply(context.Manager, live, next, intent);
    }

    private static object ReadSpec(ResourceKind kind, ResourceName name, JsonNode spec)
    {
        try
        {
            return kind.ReadSpec(name, spec);
        }
        catch (JsonException e)
        {
            // A converter of the kind's own refused what the structural check could not know of.
            var pointer = "/spec" + (e.Path ?? "$")[1..].Replace("['", "/", StringComparison.Ordinal).Replace("']", string.Empty, StringComparison.Ordinal)
                .Replace('.', '/').Replace('[', '/').Replace("]", string.Empty, StringComparison.Ordinal);
            ThrowIfAny(kind, name, [new Fault(pointer, "The value cannot be read. " + e.Message, "wrong-type")]);
            throw;
        }
    }

    private ResourceMetadata Metadata(ResourceName name, StoredState? live, JsonObject fields)
    {
        var owned = fields["metadata"].Deserialize(ResourceJson.Default.MetadataDocument)!.ToMetadata(0);
        return new ResourceMetadata
        {
            Domain = name.Domain,
            Name = name.Name,
            Uid = live?.Metadata.Uid ?? Guid.NewGuid().ToString(),
            Revision = live?.Metadata.Revision ?? 0,
            Generation = live is null ? 1 : live.Metadata.Generation + (JsonNode.DeepEquals(live.Spec, fields["spec"]) ? 0 : 1),
            CreatedAt = live?.Metadata.CreatedAt ?? clock.GetUtcNow(),
            DeletedAt = live?.Metadata.DeletedAt,
            Labels = owned.Labels,
            Annotations = owned.Annotations,
            Owner = owned.Owner,
            Finalizers = owned.Finalizers,
        };
    }

    private async Task<bool> CommitOwnersAsync(ResourceKind kind, ResourceName name, LoadedObject live, FieldOwners owners, CancellationToken ct)
    {
        var put = new StoreOperation.Put(ResourceKeys.Owners(kind, name), owners.Write());
        return (await store.CommitAsync(StoreTransaction.Of(put).When(live.Compares(kind, name)), ct)).Succeeded;
    }

    /// <summary>Writes the object (or deletes it when <paramref name="next"/> is null) with owners and audit record; null when another writer was faster.</summary>
    private async Task<ResourceDocument?> CommitAsync(
        ResourceKind kind,
        ResourceName name,
        string? verb,
        WriteContext context,
        LoadedObject live,
        StoredState? next,
        FieldOwners owners,
        WriteOnlyValues secrets,
        IReadOnlyList<StoreCompare> guards,
        CancellationToken ct)
    {
        var bytes = next is null ? default : (ReadOnlyMemory<byte>)DocumentCodec.Write(kind, next);
        var hidden = next is null || secrets.IsEmpty || secrets.SameAs(live.Secrets) ? [] : secrets.Write();
        var size = bytes.Length + hidden.Length;
        if (size > options.MaxObjectBytes)
        {
            throw new BanyanException(ResourceErrors.TooLarge, $"{kind.Name} '{name}' would take {size} bytes; the most is {options.MaxObjectBytes}. Split it.");
        }

        if (context.DryRun)
        {
            return next is null ? live.Document! : new ResourceDocument(kind, name, live.ModRevision, bytes);
        }

        var key = ResourceKeys.Object(kind, name);
        var ownersKey = ResourceKeys.Owners(kind, name);
        var operations = new List<StoreOperation>();
        if (next is null)
        {
            operations.Add(new StoreOperation.Delete(KeyRange.Single(key)));
            operations.Add(new StoreOperation.Delete(KeyRange.Single(ownersKey)));
        }
        else
        {
            operations.Add(new StoreOperation.Put(key, bytes));
            if (!owners.SameAs(live.Owners))
            {
                operations.Add(new StoreOperation.Put(ownersKey, owners.Write()));
            }

            if (live.State is null && name.Domain is not null)
            {
                operations.Add(new StoreOperation.Put(ResourceKeys.Births(name.Domain), key.Memory));
            }
        }

        if (hidden.Length > 0)
        {
            operations.Add(new StoreOperation.Put(ResourceKeys.Secrets(kind, name), hidden));
        }
        else if (!live.Secrets.IsEmpty && (next is null || secrets.IsEmpty))
        {
            operations.Add(new StoreOperation.Delete(KeyRange.Single(ResourceKeys.Secrets(kind, name))));
        }

        if (verb is not null)
        {
            var entry = new AuditEntry(context.Actor, verb, kind.Name, name, context.FieldManager, live.Document?.Stored ?? default, bytes);
            operations.Add(audit.Record(entry, live.ReadRevision));
        }

        var result = await store.CommitAsync(new StoreTransaction([.. live.Compares(kind, name), .. guards], operations), ct);
        if (!result.Succeeded)
        {
            return null;
        }

        informers.Wrote(kind, result.Revision);
        if (audit.TrimIsDue)
        {
            await audit.TrimAsync(ct);
        }

        return next is null ? live.Document! : new ResourceDocument(kind, name, result.Revision, bytes);
    }
}
