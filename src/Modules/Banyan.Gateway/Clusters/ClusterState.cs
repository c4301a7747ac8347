using System.Collections.Immutable;
using Banyan.Contracts.Registry.V1;
using Banyan.Gateway.Forwarding;

namespace Banyan.Gateway.Clusters;

/// <summary>
/// The instances of one service and whose turn it is. Outlives route tables. Written by the one instance feed, read by every request without a lock.
/// </summary>
internal sealed class ClusterState(ServiceName name)
{
    // Swapped whole: a request sees one consistent set.
    private volatile View _view = new([], []);
    private int _turn = -1;

    public ServiceName Name { get; } = name;

    public ImmutableArray<ClusterMember> Members => _view.Members;

    /// <summary>The next instance that is up, in turn; not <paramref name="except"/> unless it is the only one.</summary>
    public PickResult Pick(Endpoint? except = null)
    {
        var view = _view;
        var up = view.Up;
        if (up.IsEmpty)
        {
            return Nobody(view);
        }

        // A second attempt goes to the neighbour and takes no turn: with two instances, one of them dead, every first attempt would hit the dead one otherwise.
        if (except is not null && up.IndexOf(except) is >= 0 and var at)
        {
            return PickResult.Of(up[(at + 1) % up.Length]);
        }

        return PickResult.Of(up[(int)((uint)Interlocked.Increment(ref _turn) % (uint)up.Length)]);
    }

    /// <summary>True when somebody else than this endpoint is up.</summary>
    public bool HasOther(Endpoint endpoint) => _view.Up is var up && (up.Length > 1 || (up.Length == 1 && !ReferenceEquals(up[0], endpoint)));

    /// <summary>Makes these all there are. Endpoints whose address is unchanged stay the same objects.</summary>
    public void Replace(IEnumerable<Instance> instances) => Set(instances.Select(Member));

    /// <summary>Adds or updates one.</summary>
    public void Put(Instance instance) => Set(_view.Members.Where(m => m.Endpoint.Id != instance.Id).Append(Member(instance)));

    /// <summary>Takes one out; nothing happens when it is not there.</summary>
    public void Remove(string id) => Set(_view.Members.Where(m => m.Endpoint.Id != id));

    private void Set(IEnumerable<ClusterMember> members)
    {
        // In the order of their ids, so that every gateway and every test sees one order.
        var all = members.OrderBy(m => m.Endpoint.Id, StringComparer.Ordinal).ToImmutableArray();
        _view = new View(all, [.. all.Where(m => m.State == InstanceState.Up).Select(m => m.Endpoint)]);
    }

    private ClusterMember Member(Instance instance)
    {
        var scheme = instance.Scheme.Length == 0 ? "http" : instance.Scheme;
        var known = _view.Members.FirstOrDefault(m => m.Endpoint.Id == instance.Id)?.Endpoint;
        var endpoint = known is not null && known.SameAddress(instance.Host, (int)instance.Port, scheme)
            ? known
            : new Endpoint(instance.Id, instance.Host, (int)instance.Port, scheme);
        return new ClusterMember(endpoint, instance.State, instance.Reason);
    }

    private PickResult Nobody(View view)
    {
        if (view.Members.IsEmpty)
        {
            return PickResult.None(FailureReason.NoInstances, $"Service '{Name}' has no instance. Start one, or check that it registers under this name.");
        }

        var counts = string.Join(", ", view.Members.GroupBy(m => m.State).OrderBy(g => g.Key).Select(g => $"{g.Count()} {g.Key.ToString().ToLowerInvariant()}"));
        var first = view.Members[0];
        var why = first.Reason.Length == 0 ? string.Empty : $" ('{first.Endpoint.Id}': {first.Reason})";
        return PickResult.None(FailureReason.NoInstanceUp, $"No instance of service '{Name}' is up: {counts}{why}.");
    }

    private sealed record View(ImmutableArray<ClusterMember> Members, ImmutableArray<Endpoint> Up);
}
