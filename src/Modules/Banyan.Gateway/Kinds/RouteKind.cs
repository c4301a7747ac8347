using System.Runtime.CompilerServices;
using Banyan.Gateway.Routing;
using Banyan.Resources;

namespace Banyan.Gateway.Kinds;

/// <summary>
/// The kind <c>Route</c>: which requests go to which service. Refused at apply: a spec with faults, a service that is not described, and a route that would take
/// requests another one has already or that could never get any.
/// </summary>
public sealed class RouteKind() : ResourceKind<RouteSpec, RouteStatus>(
    "Route", "routes", KindScope.Domain, "Which requests of the gateway go to which service.", RouteJson.Default.RouteSpec, RouteJson.Default.RouteStatus)
{
    // A route that did not change is the same object each time, so what it takes is worked out once.
    private readonly ConditionalWeakTable<RouteSpec, RouteClaim> _claims = [];

    /// <inheritdoc/>
    public override RouteSpec Default(ResourceName name, RouteSpec spec) => spec with
    {
        Path = string.IsNullOrEmpty(spec.Path) && (spec.PathExact ?? spec.PathTemplate ?? spec.PathRegex) is null ? "/" : spec.Path,
        Hosts = spec.Hosts ?? [],
    };

    /// <inheritdoc/>
    public override IEnumerable<string> ClaimsOf(string? domain, RouteSpec spec) => [_claims.GetValue(spec, RouteClaim.Of).Path];

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
        foreach (var (pointer, service) in RouteRules.ServicesOf(resource.Spec))
        {
            await v.RequireExistsAsync("Service", new ResourceName(service.Domain, service.Name), $"{pointer}/name", ct);
        }

        // 3. Who else wants the same requests. Only a spec that is right by itself can be compared.
        if (faults.Count == 0)
        {
            Compare(resource, await v.SharingAsync(this, resource, ct), v);
        }
    }

    private void Compare(Resource<RouteSpec, RouteStatus> resource, IReadOnlyList<Resource<RouteSpec, RouteStatus>> others, ResourceValidation v)
    {
        var claim = RouteClaim.Of(resource.Spec);
        foreach (var other in others)
        {
            var theirs = _claims.GetValue(other.Spec, RouteClaim.Of);
            var clash = claim.ClashWith(theirs, IsOlder(other, resource));
            for (var i = 0; clash is not null && i < Math.Max(claim.Hosts.Count, 1); i++)
            {
                if (claim.Hosts.Count == 0 ? theirs.Hosts.Count == 0 : theirs.Hosts.Contains(claim.Hosts[i]))
                {
                    v.Add(claim.Hosts.Count == 0 ? PathField(resource.Spec) : $"/spec/hosts/{i}", clash.Describe(claim.Hosts.ElementAtOrDefault(i), other.Name.ToString()), clash.Code);
                }
            }
        }
    }

    // As RouteFeed and RoutePrecedence order them.
    private static bool IsOlder(Resource<RouteSpec, RouteStatus> a, Resource<RouteSpec, RouteStatus> b)
    {
        var order = a.Metadata.CreatedAt.CompareTo(b.Metadata.CreatedAt);
        return (order != 0 ? order : RoutePrecedence.CompareNames(NameOf(a), NameOf(b))) < 0;

        static RouteName NameOf(Resource<RouteSpec, RouteStatus> route) => new(route.Metadata.Domain ?? string.Empty, route.Metadata.Name);
    }

    private static string PathField(RouteSpec spec) => spec switch
    {
        { PathExact: not null } => "/spec/pathExact",
        { PathTemplate: not null } => "/spec/pathTemplate",
        { PathRegex: not null } => "/spec/pathRegex",
        _ => "/spec/path",
    };
}
