using Banyan.Contracts.Registry;
using Banyan.Contracts.Registry.V1;
using Banyan.Gateway.Clusters;
using Microsoft.Extensions.Logging;

namespace Banyan.Gateway.Sidecars;

/// <summary>Keeps the clusters of a sidecar as the registry knows them, of its own domain or of all.</summary>
internal sealed class SidecarInstanceFeed(Sidecar sidecar, SidecarOptions options, IInstanceDirectory directory, TimeProvider clock, ILogger<InstanceFeed> log)
    : InstanceFeed(directory, sidecar.Clusters, clock, log)
{
    protected override WatchRequest Selection => new() { Domain = options.AllDomains ? string.Empty : options.Own.Domain };

    protected override void OnApplied() => sidecar.NameServices();
}
