using System.Text.Json;
using Banyan.Gateway.AccessLog;
using Banyan.Gateway.Clusters;
using Banyan.Gateway.Listening;
using Banyan.Gateway.Mirrors;
using Banyan.Gateway.Routing;
using Banyan.Gateway.Routing.Actions;
using Banyan.Http.Describing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Route = Banyan.Gateway.Routing.Route;

namespace Banyan.Gateway.Endpoints;

/// <summary><c>GET /api/v1/gateway/routes</c>: the compiled table of this process, for console and command line.</summary>
internal sealed class RouteTableEndpoint(RouteTable routes, GatewayReadiness readiness, GatewayListener listener, AccessLogQueue accessLog)
{
    private static readonly string[] Classes = ["none", "1xx", "2xx", "3xx", "4xx", "5xx"];

    public void Map(IEndpointRouteBuilder http) => http.MapGet("/api/v1/gateway/routes", WriteAsync)
        .WithName("gateway.routes").WithSummary("The compiled route table of the answering process, with its counters.")
        .WithMetadata(new ApiOperation { Answer = new ApiSchema("RouteTable", GatewayJson.SchemaOf(GatewayJson.Default.RouteTableView)) });

    /// <summary>The table now.</summary>
    public RouteTableView View()
    {
        var table = routes.Current;
        var because = readiness.NotReadyBecause;
        return new RouteTableView(
            because is null,
            because,
            listener.Http?.ToString(),
            listener.Http2?.ToString(),
            [.. (table?.Routes ?? []).Order(ByPrecedence).Select(View)],
            [.. (table?.Conflicts ?? []).Select(c => new ConflictView(c.Route.ToString(), c.Holder?.ToString(), c.Message))],
            accessLog.Dropped);
    }

    // Routes of different hosts never compete; the host groups them. A route of several hosts stands with the one that is asked first.
    private static readonly Comparer<Route> ByPrecedence = Comparer<Route>.Create((a, b) =>
    {
        var (first, second) = (FirstHost(a), FirstHost(b));
        var order = RoutePrecedence.CompareHosts(first, second);
        order = order != 0 ? order : string.CompareOrdinal(first, second);
        return order != 0 ? order : RoutePrecedence.WithinHost(a, b);
    });

    private static string FirstHost(Route route) => route.Hosts.Count == 0 ? string.Empty : route.Hosts.Order(Comparer<string>.Create(RoutePrecedence.CompareHosts)).First();

    private static RouteView View(Route route)
    {
        var counters = route.Counters;
        var requests = counters.Requests;
        return new RouteView(
            route.Name.Domain,
            route.Name.Name,
            route.Hosts,
            route.Path,
            new ServiceView(route.Cluster.Name.Domain, route.Cluster.Name.Service),
            requests,
            counters.Active,
            counters.Failures,
            counters.Retries,
            Enumerable.Range(0, Classes.Length).Where(c => counters.OfClass(c) > 0).ToDictionary(c => Classes[c], counters.OfClass),
            requests == 0 ? 0 : Math.Round(counters.TotalTime.TotalMilliseconds / requests, 3),
            [.. route.Cluster.Members.Select(View)],
            route.Mirror is { } mirror ? View(mirror, counters.Mirrors) : null);
    }

    private static CopiesView View(TrafficMirror mirror, MirrorCounters counters) => new(
        new ServiceView(mirror.Cluster.Name.Domain, mirror.Cluster.Name.Service),
        counters.InFlight,
        counters.Of(MirrorOutcome.Sent),
        counters.Of(MirrorOutcome.OverBudget),
        counters.Of(MirrorOutcome.TooLarge),
        counters.Of(MirrorOutcome.Unfinished),
        counters.Of(MirrorOutcome.Failed));

    private static EndpointView View(ClusterMember member) => new(
        member.Endpoint.Id,
        member.Endpoint.Address,
        member.Endpoint.Scheme,
        member.State.ToString().ToLowerInvariant(),
        member.Reason,
        member.Endpoint.Requests,
        member.Endpoint.Active,
        member.Endpoint.ConnectFailures);

    private Task WriteAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        return JsonSerializer.SerializeAsync(context.Response.Body, View(), GatewayJson.Default.RouteTableView, context.RequestAborted);
    }
}
