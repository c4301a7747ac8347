using System.Globalization;
using System.Text.Json.Nodes;
using Banyan.Console.State;

namespace Banyan.Console.Views;

/// <summary>What goes over one route of the gateway in this process.</summary>
public sealed record RouteTraffic
{
    /// <summary>Its place in the order in which routes are asked; 1 is asked first.</summary>
    public required int Rank { get; init; }

    /// <summary>Requests since the gateway began.</summary>
    public required long Requests { get; init; }

    /// <summary>Requests running now.</summary>
    public required long Active { get; init; }

    /// <summary>Requests that did not get a service's whole answer, since the gateway began.</summary>
    public required long Failures { get; init; }

    /// <summary>Requests a second lately; null until there are two readings.</summary>
    public required double? PerSecond { get; init; }

    /// <summary>Failures a second lately.</summary>
    public required double? FailuresPerSecond { get; init; }

    /// <summary>Mean time of a request lately, or since the beginning when there were none lately; null when there never was one.</summary>
    public required double? Milliseconds { get; init; }

    /// <summary>Why it is not served as declared; null when it is.</summary>
    public required string? Conflict { get; init; }

    /// <summary>What became of the copies of its requests; null when it makes none.</summary>
    public required RouteCopies? Copies { get; init; }

    public string Rate => PerSecond is { } rate ? Number(rate) + "/s" : "–";

    public string Latency => Milliseconds is { } ms ? Number(ms) + " ms" : "–";

    /// <summary>Whole for large numbers, two digits that count for small ones.</summary>
    internal static string Number(double value) => value switch
    {
        0 => "0",
        >= 1000 => value.ToString("N0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0", CultureInfo.InvariantCulture),
        >= 1 => value.ToString("0.0", CultureInfo.InvariantCulture),
        > 0 and < 0.01 => "<0.01",
        _ => value.ToString("0.00", CultureInfo.InvariantCulture),
    };

    internal static Dictionary<(string Domain, string Name), RouteTraffic> Of(GatewayReading? reading)
    {
        var result = new Dictionary<(string, string), RouteTraffic>();
        if (reading is null)
        {
            return result;
        }

        var before = (reading.Before?["routes"] as JsonArray ?? []).OfType<JsonObject>().GroupBy(NameOf).ToDictionary(g => g.Key, g => g.First());
        var conflicts = (reading.Routes["conflicts"] as JsonArray ?? []).OfType<JsonObject>().ToLookup(c => JsonText.Of(c, "route"), c => JsonText.Of(c, "message"));
        var rank = 0;
        foreach (var route in (reading.Routes["routes"] as JsonArray ?? []).OfType<JsonObject>())
        {
            var name = NameOf(route);
            result[name] = Of(route, before.GetValueOrDefault(name), reading.Seconds, ++rank, conflicts[$"{name.Domain}/{name.Name}"].FirstOrDefault());
        }

        return result;
    }

    private static RouteTraffic Of(JsonObject now, JsonObject? before, double seconds, int rank, string? conflict)
    {
        var requests = JsonNumber.WholeOf(now, "requests") ?? 0;
        var failures = JsonNumber.WholeOf(now, "failures") ?? 0;
        var mean = JsonNumber.Of(now, "averageMilliseconds");

        // Fewer than before: the gateway began anew.
        var since = before is null || seconds <= 0 ? null : requests - JsonNumber.WholeOf(before, "requests");
        var rate = since >= 0 ? since / seconds : null;
        var lately = since > 0 ? ((mean * requests) - (JsonNumber.Of(before, "averageMilliseconds") * JsonNumber.WholeOf(before, "requests"))) / since : null;
        return new RouteTraffic
        {
            Rank = rank,
            Requests = requests,
            Active = JsonNumber.WholeOf(now, "active") ?? 0,
            Failures = failures,
            PerSecond = rate,
            FailuresPerSecond = rate is null ? null : Math.Max(0, failures - (JsonNumber.WholeOf(before, "failures") ?? failures)) / seconds,
            Milliseconds = requests == 0 ? null : lately is { } value ? Math.Max(0, value) : mean,
            Conflict = conflict,
            Copies = RouteCopies.Of(now),
        };
    }

    private static (string Domain, string Name) NameOf(JsonObject route) => (JsonText.Of(route, "domain") ?? string.Empty, JsonText.Of(route, "name") ?? string.Empty);
}
