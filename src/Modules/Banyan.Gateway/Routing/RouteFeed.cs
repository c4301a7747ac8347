using System.Threading.Channels;
using Banyan.Gateway.Kinds;
using Banyan.Hosting;
using Banyan.Resources;
using Microsoft.Extensions.Logging;

namespace Banyan.Gateway.Routing;

/// <summary>Compiles the table anew whenever routes change; changes that come while it compiles are taken together.</summary>
internal sealed class RouteFeed(IResources resources, RouteKind kind, RouteTable table, ILogger<RouteFeed> log) : ModuleWorker
{
    // One waiting signal is enough: the snapshot is read after it.
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private HashSet<RouteConflict> _told = [];

    public override string Name => "routes";

    protected override async Task RunAsync(CancellationToken cancellation)
    {
        var informer = resources.Informer(kind);
        informer.Changed += Signal;
        try
        {
            await informer.WaitForSyncAsync(cancellation);
            while (true)
            {
                Compile(informer.Snapshot.Values);
                await _changed.Reader.ReadAsync(cancellation);
            }
        }
        finally
        {
            informer.Changed -= Signal;
        }
    }

    private void Signal() => _changed.Writer.TryWrite(true);

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
