using System.Collections.Concurrent;
using Banyan.Contracts.Registry.V1;

namespace Banyan.Gateway.Clusters;

/// <summary>
/// Every service the gateway knows: those routes lead to and those the registry has instances of. Applied to by one feed; a cluster is never taken away while
/// the process lives, only emptied, so that a route compiled a moment ago can hold on to it.
/// </summary>
internal sealed class ClusterTable(ClusterContext context)
{
    private readonly ConcurrentDictionary<ServiceName, ClusterState> _clusters = new();
    private volatile bool _synced;

    /// <summary>True once the registry's whole state has been seen.</summary>
    public bool Synced => _synced;

    /// <summary>Every cluster there is, in no order.</summary>
    public IEnumerable<ClusterState> All => _clusters.Select(c => c.Value);

    public ClusterState Get(ServiceName name) => _clusters.GetOrAdd(name, static (n, c) => new ClusterState(n, c), context);

    /// <summary>Applies one message of the directory's watch.</summary>
    public void Apply(WatchResponse message)
    {
        if (message.Reset)
        {
            // Per service in one step, so that no request sees a service half replaced.
            var services = message.Changed.ToLookup(i => new ServiceName(i.Domain, i.Service));
            foreach (var cluster in _clusters.Values.Where(c => !services.Contains(c.Name)))
            {
                cluster.Replace([]);
            }

            foreach (var service in services)
            {
                Get(service.Key).Replace(service);
            }

            _synced = true;
            return;
        }

        foreach (var instance in message.Changed)
        {
            Get(new ServiceName(instance.Domain, instance.Service)).Put(instance);
        }

        foreach (var key in message.Removed)
        {
            Get(new ServiceName(key.Domain, key.Service)).Remove(key.Id);
        }
    }
}
