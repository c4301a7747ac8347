using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Banyan.Gateway.Endpoints;

/// <summary>What this gateway does at the moment: the compiled table with its counters. Body of <c>GET /api/v1/gateway/routes</c>.</summary>
internal sealed record RouteTableView(bool Ready, string? NotReadyBecause, string? Http, string? Http2, IReadOnlyList<RouteView> Routes, IReadOnlyList<ConflictView> Conflicts, long AccessLogDropped);

/// <summary>One route and what went over it since this process started.</summary>
internal sealed record RouteView(
    string Domain,
    string Name,
    IReadOnlyList<string> Hosts,
    string Path,
    ServiceView Service,
    long Requests,
    long Active,
    long Failures,
    long Retries,
    IReadOnlyDictionary<string, long> ByStatus,
    double AverageMilliseconds,
    IReadOnlyList<EndpointView> Endpoints,
    CopiesView? Copies);

/// <summary>Copies of a route's requests, by what became of them since this process started. Absent = it has no mirror.</summary>
/// <param name="Service">Who gets them.</param>
/// <param name="InFlight">Under way now.</param>
/// <param name="Sent">Sent and answered, whatever the answer was.</param>
/// <param name="OverBudget">Not made: too many were under way, or the service was busy with its own requests.</param>
/// <param name="TooLarge">Not made: the body was too long.</param>
/// <param name="Unfinished">Not made: the request ended before it was whole.</param>
/// <param name="Failed">Reached nobody, or nobody answered in time.</param>
internal sealed record CopiesView(ServiceView Service, int InFlight, long Sent, long OverBudget, long TooLarge, long Unfinished, long Failed);

/// <summary>The service a route leads to.</summary>
internal sealed record ServiceView(string Domain, string Name);

/// <summary>One instance as the gateway sees it.</summary>
internal sealed record EndpointView(string Id, string Address, string Scheme, string State, string Reason, long Requests, long Active, long ConnectFailures);

/// <summary>A route, or one of its hosts, that is not served.</summary>
internal sealed record ConflictView(string Route, string? Holder, string Message);

/// <summary>How the views are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RouteTableView))]
[JsonSerializable(typeof(ExplainRequest))]
[JsonSerializable(typeof(ExplanationView))]
internal sealed partial class GatewayJson : JsonSerializerContext
{
    /// <summary>The form of a view, from its types.</summary>
    public static string SchemaOf(JsonTypeInfo type) => JsonSchemaExporter.GetJsonSchemaAsNode(type).ToJsonString();
}
