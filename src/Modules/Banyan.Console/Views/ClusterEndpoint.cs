using System.Text.Json.Nodes;

namespace Banyan.Console.Views;

/// <summary>One instance as the gateway of this process sees it.</summary>
public sealed record ClusterEndpoint
{
    public required string Id { get; init; }

    public required string Address { get; init; }

    /// <summary>The registry's word.</summary>
    public required string State { get; init; }

    /// <summary>Why it is in that state.</summary>
    public required string Reason { get; init; }

    /// <summary>Why the gateway leaves it out; null when it does not.</summary>
    public required string? EjectedWhy { get; init; }

    /// <summary>Seconds until it is tried again at the latest.</summary>
    public required double? EjectedSeconds { get; init; }

    /// <summary>The part of its weight it gets; below 100 while it starts slowly.</summary>
    public required long WeightPercent { get; init; }

    public required long Active { get; init; }

    public required double? PerSecond { get; init; }

    public required double? Milliseconds { get; init; }

    public string Tone => EjectedWhy is not null ? "degraded" : State is "up" or "down" or "lost" or "draining" or "starting" ? State : "empty";

    public string Word => EjectedWhy is not null ? "Ejected" : State.Length == 0 ? "Unknown" : char.ToUpperInvariant(State[0]) + State[1..];

    public string Rate => PerSecond is { } rate ? RouteTraffic.Number(rate) + "/s" : "–";

    public string Latency => Milliseconds is { } ms ? RouteTraffic.Number(ms) + " ms" : "–";

    internal static ClusterEndpoint Of(JsonObject endpoint) => new()
    {
        Id = JsonText.Of(endpoint, "id") ?? "?",
        Address = JsonText.Of(endpoint, "address") ?? string.Empty,
        State = JsonText.Of(endpoint, "state") ?? string.Empty,
        Reason = JsonText.Of(endpoint, "reason") ?? string.Empty,
        EjectedWhy = JsonText.Of(endpoint, "ejected") == "true" ? JsonText.Of(endpoint, "ejectedWhy") ?? "It failed more than its peers." : null,
        EjectedSeconds = JsonNumber.Of(endpoint, "ejectedSeconds"),
        WeightPercent = JsonNumber.WholeOf(endpoint, "weightPercent") ?? 100,
        Active = JsonNumber.WholeOf(endpoint, "active") ?? 0,
        PerSecond = JsonNumber.Of(endpoint, "perSecond"),
        Milliseconds = JsonNumber.Of(endpoint, "latencyMilliseconds"),
    };
}
