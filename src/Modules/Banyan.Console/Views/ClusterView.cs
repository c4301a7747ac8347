using System.Globalization;
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

    /// <summary>closed, open (nothing is let through) or halfOpen (a few requests are, to see); null when the gateway did not say.</summary>
    public required string? Circuit { get; init; }

    /// <summary>Why the circuit is not closed, and until when; null when it is.</summary>
    public required string? CircuitWhy { get; init; }

    /// <summary>How long a read waits before a second instance is asked as well; null = none is.</summary>
    public required double? HedgeMilliseconds { get; init; }

    /// <summary>Reads that a second instance was asked as well.</summary>
    public required long Hedges { get; init; }

    /// <summary>Of these, those that the second instance answered.</summary>
    public required long HedgesWon { get; init; }

    /// <summary>Retries not made for want of budget.</summary>
    public required long RetriesRefused { get; init; }

    /// <summary>The part of the requests that stays in the gateway's zone; null = zones make no difference.</summary>
    public required double? NearPercent { get; init; }

    public required IReadOnlyList<ClusterRateLimit> RateLimits { get; init; }

    public required IReadOnlyList<ClusterEndpoint> Endpoints { get; init; }

    public string FullName => Domain == "default" ? Name : $"{Domain}/{Name}";

    public string Href => $"/services/{Uri.EscapeDataString(Domain)}/{Uri.EscapeDataString(Name)}";

    public string Tone => Circuit == "open" || Usable == 0 ? "down" : Usable < Endpoints.Count || CircuitWhy is not null ? "degraded" : "up";

    /// <summary>Instances that may get requests now.</summary>
    public int Usable => Endpoints.Count(e => e.InUse);

    /// <summary>The state of the whole, in two or three words.</summary>
    public string Word => Circuit switch { "open" => "Circuit open", "halfOpen" => "Circuit half-open", _ when Endpoints.Count == 0 => "No instances", _ => $"{Usable} of {Endpoints.Count} in use" };

    /// <summary>What it does and did, shortest first; numbers that are zero and say nothing are left out.</summary>
    public IEnumerable<string> Facts
    {
        get
        {
            yield return Balancer;
            yield return $"{Count(Active)} running{(Limit is { } limit ? $" of {Count(limit)}" : string.Empty)}";
            if (Waiting > 0)
            {
                yield return $"{Waiting} waiting";
            }

            if (Shed > 0)
            {
                yield return $"{Count(Shed)} refused";
            }

            if (Circuit == "closed")
            {
                yield return "circuit closed";
            }

            if (HedgeMilliseconds is { } wait)
            {
                yield return $"hedges after {RouteTraffic.Number(wait)} ms";
            }

            if (Hedges > 0)
            {
                yield return $"{Count(Hedges)} hedged, {Count(HedgesWon)} answered by the second";
            }

            if (RetriesRefused > 0)
            {
                yield return $"{Count(RetriesRefused)} retries over budget";
            }

            if (NearPercent is { } near)
            {
                yield return $"{RouteTraffic.Number(near)} % stay in the zone";
            }
        }
    }

    internal static IReadOnlyList<ClusterView> Of(GatewayReading? reading) =>
    [
        .. (reading?.Clusters?["clusters"] as JsonArray ?? []).OfType<JsonObject>().Select(Of)
            .OrderBy(c => c.Domain != "default").ThenBy(c => c.Domain, StringComparer.Ordinal).ThenBy(c => c.Name, NaturalOrder.Instance),
    ];

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static ClusterView Of(JsonObject cluster)
    {
        var most = JsonNumber.WholeOf(cluster, "maxPerInstance");
        return new ClusterView
        {
            Domain = JsonText.Of(cluster, "domain") ?? string.Empty,
            Name = JsonText.Of(cluster, "name") ?? "?",
            Balancer = JsonText.Of(cluster, "balancer") ?? "–",
            Active = JsonNumber.WholeOf(cluster, "active") ?? 0,
            Limit = JsonNumber.WholeOf(cluster, "limit"),
            Waiting = JsonNumber.WholeOf(cluster, "waiting") ?? 0,
            Shed = JsonNumber.WholeOf(cluster, "shed") ?? 0,
            Circuit = JsonText.Of(cluster, "circuit"),
            CircuitWhy = CircuitWhyOf(cluster),
            HedgeMilliseconds = JsonNumber.Of(cluster, "hedgeMilliseconds"),
            Hedges = JsonNumber.WholeOf(cluster, "hedges") ?? 0,
            HedgesWon = JsonNumber.WholeOf(cluster, "hedgesWon") ?? 0,
            RetriesRefused = JsonNumber.WholeOf(cluster, "retriesRefused") ?? 0,
            NearPercent = JsonNumber.Of(cluster, "nearPercent"),
            RateLimits = [.. (cluster["rateLimits"] as JsonArray ?? []).OfType<JsonObject>().Select(ClusterRateLimit.Of)],
            Endpoints = [.. (cluster["endpoints"] as JsonArray ?? []).OfType<JsonObject>().Select(e => ClusterEndpoint.Of(e, most)).OrderBy(e => e.Id, NaturalOrder.Instance)],
        };
    }

    private static string? CircuitWhyOf(JsonObject cluster)
    {
        var circuit = JsonText.Of(cluster, "circuit");
        if (circuit is not ("open" or "halfOpen"))
        {
            return null;
        }

        var why = Sentence.Of(JsonText.Of(cluster, "circuitWhy") ?? "It failed as a whole");
        return Sentence.WithNextTry(why, circuit == "open" ? JsonNumber.Of(cluster, "circuitSeconds") : null);
    }
}
