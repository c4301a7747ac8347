using Banyan.Resources;

namespace Banyan.Gateway.Kinds;

/// <summary>
/// The kind <c>Route</c>: which requests go to which service. Refused at apply: bad hosts, paths and durations, a service that is not described, and a host and
/// path that another route has already.
/// </summary>
public sealed class RouteKind() : ResourceKind<RouteSpec, RouteStatus>(
    "Route", "routes", KindScope.Domain, "Which requests of the gateway go to which service.", RouteJson.Default.RouteSpec, RouteJson.Default.RouteStatus)
{
    /// <inheritdoc/>
    public override RouteSpec Default(ResourceName name, RouteSpec spec) => spec with { Path = string.IsNullOrEmpty(spec.Path) ? "/" : spec.Path, Hosts = spec.Hosts ?? [] };

    /// <inheritdoc/>
    public override async ValueTask ValidateAsync(Resource<RouteSpec, RouteStatus> resource, ResourceValidation v, CancellationToken ct)
    {
        // 1. The spec by itself.
        var faults = RouteRules.Check(resource.Spec);
        foreach (var fault in faults)
        {
            v.Add(fault.Pointer, fault.Message, fault.Code);
        }

        // 2. Where it leads.
        await v.RequireExistsAsync("Service", new ResourceName(resource.Spec.Service.Domain, resource.Spec.Service.Name), "/spec/service/name", ct);

        // 3. Who else wants the same requests. Only a spec that is right by itself can be compared.
        if (faults.Count == 0)
        {
            Compare(resource, await v.AllAsync(this, ct), v);
        }
    }

    private static void Compare(Resource<RouteSpec, RouteStatus> resource, IEnumerable<Resource<RouteSpec, RouteStatus>> all, ResourceValidation v)
    {
        var path = RouteRules.PathOf(resource.Spec);
        var hosts = RouteRules.HostsOf(resource.Spec);
        foreach (var other in all.Where(o => o.Name != resource.Name && o.Metadata.DeletedAt is null && RouteRules.PathOf(o.Spec) == path))
        {
            var theirs = RouteRules.HostsOf(other.Spec);
            if (hosts.Count == 0 && theirs.Count == 0)
            {
                v.Add("/spec/path", $"Route '{other.Name}' has path '{path}' for every host already. Choose another path, name hosts, or change that route.", "duplicate");
            }

            for (var i = 0; i < hosts.Count; i++)
            {
                if (theirs.Contains(hosts[i]))
                {
                    v.Add($"/spec/hosts/{i}", $"Route '{other.Name}' has host '{hosts[i]}' with path '{path}' already. Choose another host or path, or change that route.", "duplicate");
                }
            }
        }
    }
}
