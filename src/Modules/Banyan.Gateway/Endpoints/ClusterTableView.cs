using System.Text.Json.Schema;
using System.Text.Json.Serialization;

namespace Banyan.Gateway.Endpoints;

/// <summary>Every service as this gateway sees it now. Body of <c>GET /api/v1/gateway/clusters</c>.</summary>
/// <param name="Zone">The gateway's zone; absent = not said.</param>
/// <param name="Clusters">The services, by domain and name.</param>
internal sealed record ClusterTableView(string? Zone, IReadOnlyList<ClusterView> Clusters);

/// <summary>One service.</summary>
/// <param name="Domain">Its domain.</param>
/// <param name="Name">Its name.</param>
/// <param name="Balancer">How instances are chosen.</param>
/// <param name="Active">Requests in progress, tunnels left out.</param>
/// <param name="Limit">How many may be; absent = no limit.</param>
/// <param name="MaxPerInstance">How many one instance may have in progress; absent = no limit.</param>
/// <param name="Waiting">Requests that wait for room.</param>
/// <param name="Shed">Requests refused because the service was full or its circuit open.</param>
/// <param name="Circuit">closed, open or halfOpen.</param>
/// <param name="CircuitWhy">Why it is not closed.</param>
/// <param name="CircuitSeconds">When that ends at the latest.</param>
/// <param name="Retrying">Retries in progress that count against the budget.</param>
/// <param name="RetriesRefused">Retries not made for want of budget.</param>
/// <param name="HedgeMilliseconds">How long a read waits before a second instance is asked as well; absent = none is.</param>
/// <param name="Hedges">Requests that a second instance was asked as well.</param>
/// <param name="HedgesWon">Of these, those that the second instance answered first, or alone.</param>
/// <param name="NearPercent">The part of the requests that stays in the gateway's zone; absent = zones make no difference.</param>
/// <param name="Endpoints">The instances.</param>
/// <param name="RateLimits">The limits of its policy.</param>
internal sealed record ClusterView(
    string Domain,
    string Name,
    string Balancer,
    int Active,
    int? Limit,
    int? MaxPerInstance,
    int Waiting,
    long Shed,
    string Circuit,
    string? CircuitWhy,
    double? CircuitSeconds,
    int Retrying,
    long RetriesRefused,
    double? HedgeMilliseconds,
    long Hedges,
    long HedgesWon,
    double? NearPercent,
    IReadOnlyList<ClusterEndpointView> Endpoints,
    IReadOnlyList<RateLimitView> RateLimits);

/// <summary>One instance.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Address">Where it is called.</param>
/// <param name="State">The registry's word: up, down, starting, draining, lost.</param>
/// <param name="Reason">Why it is in that state.</param>
/// <param name="Zone">Where it runs; absent = not said.</param>
/// <param name="Weight">Its declared weight.</param>
/// <param name="WeightPercent">The part of its weight it has now: below 100 while it starts slowly.</param>
/// <param name="Ejected">True while it is left out.</param>
/// <param name="EjectedWhy">What it did, compared with its peers.</param>
/// <param name="EjectedSeconds">When it comes back at the latest.</param>
/// <param name="Active">Requests in progress.</param>
/// <param name="Requests">Requests since this process started.</param>
/// <param name="PerSecond">Requests a second, over the last seconds.</param>
/// <param name="LatencyMilliseconds">Recent latency to the head of the answer, as the balancer sees it: rises at once, falls slowly; absent = none seen.</param>
/// <param name="FailuresInRow">Failures since the last success.</param>
internal sealed record ClusterEndpointView(
    string Id,
    string Address,
    string State,
    string Reason,
    string? Zone,
    int Weight,
    int WeightPercent,
    bool Ejected,
    string? EjectedWhy,
    double? EjectedSeconds,
    int Active,
    long Requests,
    double PerSecond,
    double? LatencyMilliseconds,
    int FailuresInRow);

/// <summary>One rate limit.</summary>
/// <param name="Name">Its name in the policy.</param>
/// <param name="Key">What is counted apart.</param>
/// <param name="Requests">How many.</param>
/// <param name="PerSeconds">In how long.</param>
/// <param name="Shared">True: all gateways together.</param>
/// <param name="Percent">The part of it this gateway may give out now.</param>
/// <param name="Admitted">Requests admitted since the policy came into force.</param>
/// <param name="Refused">Requests refused since then.</param>
internal sealed record RateLimitView(string Name, string Key, int Requests, double PerSeconds, bool Shared, double Percent, long Admitted, long Refused);

/// <summary>How the views are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ClusterTableView))]
internal sealed partial class ClusterJson : JsonSerializerContext
{
    /// <summary>The form of the table, from its types.</summary>
    public static string Schema => JsonSchemaExporter.GetJsonSchemaAsNode(Default.ClusterTableView).ToJsonString();
}
