using Banyan.Gateway.Kinds;
using Banyan.Hosting;
using Banyan.Resources;
using Banyan.Resources.Watching;
using Microsoft.Extensions.Logging;

namespace Banyan.Gateway.Routing;

/// <summary>Compiles the table anew whenever routes change; changes that come while it compiles are taken together.</summary>
internal sealed class RouteFeed(IResources resources, RouteKind kind, RouteTable table, ILogger<RouteFeed> log) : ModuleWorker
{
    private HashSet<RouteConflict> _told = [];

    public override string Name => "routes";

    protected override async Task RunAsync(CancellationToken cancellation)
    {
        await foreach (var snapshot in resources.Informer(kind).FollowAsync(cancellation))
        {
            Compile(snapshot.Values);
        }
    }

    private void Compile(IEnumerable<Resource<RouteSpec, RouteStatus>> routes)
    {
        var next = table.Replace(routes
            .Where(r => r.Metadata.DeletedAt is null)
            .Select(r => new RouteEntry(new RouteName(r.Metadata.Domain ?? string.Empty, r.Metadata.Name), r.Spec, r.Metadata.CreatedAt.UtcTicks)));
        GatewayLog.RoutesReplaced(log, next.Count, next.Conflicts.Count);

        // Each conflict is told once, until it has been away.
        foreach (var conflict in next.Conflicts.Where(c => !_told.Contains(c)))
        {
            GatewayLog.RouteConflict(log, conflict.Route.ToString(), conflict.Message);
        }

        _told = [.. next.Conflicts];
    }
}
