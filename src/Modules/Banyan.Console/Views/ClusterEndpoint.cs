using System.Globalization;
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

    /// <summary>How many requests it may have in progress; null = any number.</summary>
    public required long? Most { get; init; }

    /// <summary>Failures since its last success.</summary>
    public required long FailuresInRow { get; init; }

    /// <summary>Where it runs; null = not said.</summary>
    public required string? Zone { get; init; }

    public required double? PerSecond { get; init; }

    public required double? Milliseconds { get; init; }

    /// <summary>True when it may get requests, now or when it has finished some.</summary>
    public bool InUse => EjectedWhy is null && State == "up";

    /// <summary>True when it has as many requests as it may.</summary>
    public bool Full => InUse && Active >= Most;

    public string Tone => EjectedWhy is not null || Full ? "degraded" : State is "up" or "down" or "lost" or "draining" or "starting" ? State : "empty";

    public string Word => EjectedWhy is not null ? "Ejected" : Full ? "Full" : State.Length == 0 ? "Unknown" : char.ToUpperInvariant(State[0]) + State[1..];

    /// <summary>Why it gets no requests, or fewer than its part; null when it gets its part.</summary>
    public string? Why =>
        EjectedWhy is { } ejected ? Sentence.WithNextTry(ejected, EjectedSeconds)
        : Full ? "It has as many requests as one instance may have; the next go to others."
        : InUse ? Reason.Length > 0 ? Reason : null
        : Reason.Length > 0 ? Reason
        : "The registry does not say why.";

    public string Running => Most is { } most ? $"{Active} of {most}" : Active.ToString(CultureInfo.InvariantCulture);

    public string Rate => PerSecond is { } rate ? RouteTraffic.Number(rate) + "/s" : "–";

    public string Latency => Milliseconds is { } ms ? RouteTraffic.Number(ms) + " ms" : "–";

    internal static ClusterEndpoint Of(JsonObject endpoint, long? most) => new()
    {
        Id = JsonText.Of(endpoint, "id") ?? "?",
        Address = JsonText.Of(endpoint, "address") ?? string.Empty,
        State = JsonText.Of(endpoint, "state") ?? string.Empty,
        Reason = JsonText.Of(endpoint, "reason") ?? string.Empty,
        EjectedWhy = JsonText.Of(endpoint, "ejected") == "true" ? Sentence.Of(JsonText.Of(endpoint, "ejectedWhy") ?? "It failed more than its peers") : null,
        EjectedSeconds = JsonNumber.Of(endpoint, "ejectedSeconds"),
        WeightPercent = JsonNumber.WholeOf(endpoint, "weightPercent") ?? 100,
        Active = JsonNumber.WholeOf(endpoint, "active") ?? 0,
        Most = most,
        FailuresInRow = JsonNumber.WholeOf(endpoint, "failuresInRow") ?? 0,
        Zone = JsonText.Of(endpoint, "zone"),
        PerSecond = JsonNumber.Of(endpoint, "perSecond"),
        Milliseconds = JsonNumber.Of(endpoint, "latencyMilliseconds"),
    };
}
