using System.Collections.Immutable;
using Banyan.Resources;
using Microsoft.Extensions.Logging;

namespace Banyan.Console.State;

/// <summary>Follows the objects of one kind, as documents: the console knows no other module's types.</summary>
internal abstract class ResourceFollower(string plural, IResources resources, LiveState state, TimeProvider clock, ILogger log) : Follower(state, clock, log)
{
    public override string Name => plural;

    protected override async Task FollowAsync(CancellationToken cancellation)
    {
        if (resources.Kinds.Find(plural) is null)
        {
            // A program without the kind's module has no such objects, and never will while it runs.
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
        }

        var list = await resources.ListAsync(plural, ResourceFilter.All, cancellation);
        State.Update(s => s with
        {
            Resources = s.Resources.SetItem(plural, ConsoleSnapshot.NoDocuments.AddRange(list.Items.Select(d => KeyValuePair.Create(d.Name, d.ToJson())))),
        });
        Heard();
        await foreach (var news in resources.WatchAsync(plural, ResourceFilter.All, list.Revision, cancellation))
        {
            if (news.Changes.Count > 0)
            {
                State.Update(s => s with { Resources = s.Resources.SetItem(plural, Apply(s.Documents(plural), news.Changes)) });
            }
        }
    }

    private static ImmutableSortedDictionary<ResourceName, System.Text.Json.Nodes.JsonObject> Apply(
        ImmutableSortedDictionary<ResourceName, System.Text.Json.Nodes.JsonObject> documents, IReadOnlyList<ResourceChange> changes)
    {
        var builder = documents.ToBuilder();
        foreach (var change in changes)
        {
            if (change.Document is { } document && !change.Deleted)
            {
                builder[change.Name] = document.ToJson();
            }
            else
            {
                builder.Remove(change.Name);
            }
        }

        return builder.ToImmutable();
    }
}

/// <summary>Follows the kind Service.</summary>
internal sealed class ServiceFollower(IResources resources, LiveState state, TimeProvider clock, ILogger<ServiceFollower> log)
    : ResourceFollower("services", resources, state, clock, log);

/// <summary>Follows the kind Certificate.</summary>
internal sealed class CertificateFollower(IResources resources, LiveState state, TimeProvider clock, ILogger<CertificateFollower> log)
    : ResourceFollower("certificates", resources, state, clock, log);

/// <summary>Follows the kind Route.</summary>
internal sealed class RouteFollower(IResources resources, LiveState state, TimeProvider clock, ILogger<RouteFollower> log)
    : ResourceFollower("routes", resources, state, clock, log);
