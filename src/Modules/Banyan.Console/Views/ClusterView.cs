using System.Text.Json.Nodes;
using Banyan.Console.State;

namespace Banyan.Console.Views;

/// <summary>One service as the gateway of this process sees it.</summary>
public sealed record ClusterView
{
    public required string Domain { get; init; }

    public required string Name { get; init; }

    /// <summary>How instances are chosen.</summary>
    public required string Balancer { get; init; }

    public required long Active { get; init; }

    /// <summary>How many requests may run at one time; null = any number.</summary>
    public required long? Limit { get; init; }

    public required long Waiting { get; init; }

    /// <summary>Requests refused because the service was full or its circuit open.</summary>
    public required long Shed { get; init; }

    /// <summary>Why the circuit is not closed; null when it is.</summary>
    public required string? CircuitWhy { get; init; }

    /// <summary>True when nothing is let through.</summary>
    public required bool CircuitOpen { get; init; }

    public required IReadOnlyList<ClusterEndpoint> Endpoints { get; init; }

    public string FullName => Domain == "default" ? Name : $"{Domain}/{Name}";

    public string Href => $"/services/{Uri.EscapeDataString(Domain)}/{Uri.EscapeDataString(Name)}";

    public string Tone => CircuitOpen || Usable == 0 ? "down" : Usable < Endpoints.Count || CircuitWhy is not null ? "degraded" : "up";

    /// <summary>Instances that may get requests now.</summary>
    public int Usable => Endpoints.Count(e => e.Tone == "up");

    internal static IReadOnlyList<ClusterView> Of(GatewayReading? reading) =>
    [
        .. (reading?.Clusters?["clusters"] as JsonArray ?? []).OfType<JsonObject>().Select(Of)
            .OrderBy(c => c.Domain != "default").ThenBy(c => c.Domain, StringComparer.Ordinal).ThenBy(c => c.Name, NaturalOrder.Instance),
    ];

    private static ClusterView Of(JsonObject cluster)
    {
        var circuit = JsonText.Of(cluster, "circuit");
        return new ClusterView
        {
            Domain = JsonText.Of(cluster, "domain") ?? string.Empty,
            Name = JsonText.Of(cluster, "name") ?? "?",
            Balancer = JsonText.Of(cluster, "balancer") ?? "–",
            Active = JsonNumber.WholeOf(cluster, "active") ?? 0,
            Limit = JsonNumber.WholeOf(cluster, "limit"),
            Waiting = JsonNumber.WholeOf(cluster, "waiting") ?? 0,
            Shed = JsonNumber.WholeOf(cluster, "shed") ?? 0,
            CircuitOpen = circuit == "open",
            CircuitWhy = circuit is null or "closed" ? null : JsonText.Of(cluster, "circuitWhy") ?? circuit,
            Endpoints = [.. (cluster["endpoints"] as JsonArray ?? []).OfType<JsonObject>().Select(ClusterEndpoint.Of).OrderBy(e => e.Id, NaturalOrder.Instance)],
        };
    }
}
