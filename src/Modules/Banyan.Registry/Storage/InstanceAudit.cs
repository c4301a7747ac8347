using System.Text.Json;
using Banyan.Contracts.Registry.V1;
using Banyan.Registry.Endpoints;
using Banyan.Registry.Instances;
using Banyan.Resources;
using Banyan.Resources.Audit;
using Banyan.Store;

namespace Banyan.Registry.Storage;

/// <summary>
/// What people do to instances, for the audit log. What instances do themselves is not recorded: they come and go by the thousand, and nobody decided it.
/// </summary>
internal sealed class InstanceAudit(AuditLog audit, RegistrationStore store)
{
    /// <summary>The record of a drain, to be written with it; null when no person asked for it.</summary>
    public ValueTask<StoreOperation?> DrainAsync(Requester? requester, InstanceName name, Instance before, string reason, CancellationToken cancellation) =>
        RecordAsync(requester, "drain", name, State(before.State, before.Reason), State(InstanceState.Draining, reason), cancellation);

    /// <summary>The record of a removal, to be written with it; null when no person asked for it or there is nothing to remove.</summary>
    public async ValueTask<StoreOperation?> DeregisterAsync(Requester? requester, InstanceName name, Instance? before, CancellationToken cancellation) =>
        before is null ? null : await RecordAsync(requester, "deregister", name, InstanceJson.Write(before), [], cancellation);

    private async ValueTask<StoreOperation?> RecordAsync(
        Requester? requester, string verb, InstanceName name, byte[] before, byte[] after, CancellationToken cancellation)
    {
        if (requester is null)
        {
            return null;
        }

        // Records are ordered by the store's revision when they were prepared; the instance's own may be days old.
        var revision = await store.RevisionAsync(cancellation);
        var actor = new Actor(requester.Name, ActorRole.Administrator, null, null, requester.Address);
        return audit.Record(new AuditEntry(actor, verb, "Instance", new ResourceName(name.Domain, $"{name.Service}/{name.Id}"), null, before, after), revision);
    }

    private static byte[] State(InstanceState state, string reason) =>
        JsonSerializer.SerializeToUtf8Bytes(new InstanceWord(InstanceJson.Word(state), reason.Length == 0 ? null : reason), InstanceWordJson.Default.InstanceWord);
}
