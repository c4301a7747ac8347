using System.Text.Json;
using Banyan.Gateway.Clusters;
using Banyan.Gateway.Ejection;
using Banyan.Gateway.Limits;
using Banyan.Http.Describing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Banyan.Gateway.Endpoints;

/// <summary><c>GET /api/v1/gateway/clusters</c>: who gets requests, who does not, and why, for console and command line.</summary>
internal sealed class ClusterTableEndpoint(ClusterTable clusters, ClusterContext context)
{
    public void Map(IEndpointRouteBuilder http) => http.MapGet("/api/v1/gateway/clusters", WriteAsync)
        .WithName("gateway.clusters").WithSummary("Services and instances as the answering process balances and protects them.")
        .WithMetadata(new ApiOperation { Answer = new ApiSchema("ClusterTable", ClusterJson.Schema) });

    /// <summary>Everything now.</summary>
    public ClusterTableView View()
    {
        var now = context.Clock.NowTicks();
        return new ClusterTableView(
            Text(context.Zone),
            [.. clusters.All.OrderBy(c => c.Name.Domain, StringComparer.Ordinal).ThenBy(c => c.Name.Service, StringComparer.Ordinal).Select(c => View(c, now))]);
    }

    private static ClusterView View(ClusterState cluster, long now)
    {
        cluster.Refresh(now);
        var (policy, circuit) = (cluster.Policy, cluster.Circuit);
        var closed = circuit.State == CircuitState.Closed;
        return new ClusterView(
            cluster.Name.Domain,
            cluster.Name.Service,
            Word(policy.Settings.Balancer),
            cluster.Active,
            policy.Settings.Concurrency.Enabled ? policy.Concurrency.Limit : null,
            policy.Settings.Concurrency.PerInstance is > 0 and var most ? most : null,
            policy.Room.Waiting,
            cluster.Shed,
            Word(circuit.State),
            Text(circuit.Why),
            closed ? null : Seconds(circuit.Deadline - now),
            policy.Retries.Retrying,
            policy.Retries.Refused,
            cluster.HedgeTicks == 0 ? null : Math.Round(TimeSpan.FromTicks(cluster.HedgeTicks).TotalMilliseconds, 3),
            cluster.Hedges,
            cluster.HedgesWon,
            cluster.NearShare is { } near ? Math.Round(near * 100, 1) : null,
            [.. cluster.Members.Select(m => View(m, policy.Settings.SlowStart, now))],
            [.. policy.RateLimits.Select(l => View(l, now))]);
    }

    private static ClusterEndpointView View(ClusterMember member, TimeSpan slowStart, long now)
    {
        var endpoint = member.Endpoint;
        var health = endpoint.Health;
        EjectionRecord? ejection = health.IsEjected(now) ? health.Ejection : null;
        var latency = endpoint.LatencyTicks(now);
        return new ClusterEndpointView(
            endpoint.Id,
            endpoint.Address,
            Word(member.State),
            member.Reason,
            Text(member.Zone),
            member.Weight,
            (int)Math.Round(endpoint.Ramp(now, slowStart.Ticks) * 100),
            ejection is not null,
            ejection?.Why,
            ejection is null ? null : Seconds(ejection.Until - now),
            endpoint.Active,
            endpoint.Requests,
            Math.Round(endpoint.PerSecond, 1),
            latency == 0 ? null : Math.Round(TimeSpan.FromTicks(latency).TotalMilliseconds, 3),
            health.Streak);
    }

    private static RateLimitView View(RateLimit limit, long now) => new(
        limit.Settings.Name,
        limit.Settings.Key,
        limit.Settings.Requests,
        limit.Settings.Per.TotalSeconds,
        limit.Settings.Shared,
        Math.Round(limit.Grant.At(now) * 100, 1),
        limit.Admitted,
        limit.Refused);

    private static double Seconds(long ticks) => Math.Round(Math.Max(0, TimeSpan.FromTicks(ticks).TotalSeconds), 1);

    private static string? Text(string text) => text.Length == 0 ? null : text;

    // As documents write it: roundRobin, halfOpen, up.
    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    private Task WriteAsync(HttpContext http)
    {
        http.Response.ContentType = "application/json";
        http.Response.Headers.CacheControl = "no-store";
        return JsonSerializer.SerializeAsync(http.Response.Body, View(), ClusterJson.Default.ClusterTableView, http.RequestAborted);
    }
}
