using System.Globalization;
using System.Text.Json.Nodes;

namespace Banyan.Console.Views;

/// <summary>One rate limit of a service, as the gateway of this process keeps it.</summary>
/// <param name="Name">Its name in the policy.</param>
/// <param name="Key">What is counted apart.</param>
/// <param name="Requests">How many requests.</param>
/// <param name="PerSeconds">In how many seconds.</param>
/// <param name="SharePercent">The part of it this gateway may give out now; null when gateways do not share it.</param>
/// <param name="Refused">Requests refused since the policy came into force.</param>
public sealed record ClusterRateLimit(string Name, string Key, long Requests, double PerSeconds, double? SharePercent, long Refused)
{
    /// <summary>All of it in one line.</summary>
    public string Text
    {
        get
        {
            var every = PerSeconds switch { 1 => "s", 60 => "min", 3600 => "h", _ => $"{RouteTraffic.Number(PerSeconds)} s" };
            var apart = Key == "all" ? "of all callers" : $"for each {Key.Replace(":", " ", StringComparison.Ordinal)}";
            var shared = SharePercent is { } part ? $", {RouteTraffic.Number(part)} % of it here" : string.Empty;
            return string.Create(CultureInfo.InvariantCulture, $"{Name}: {Requests:N0} per {every} {apart}{shared}, {Refused:N0} refused");
        }
    }

    internal static ClusterRateLimit Of(JsonObject limit) => new(
        JsonText.Of(limit, "name") ?? "?",
        JsonText.Of(limit, "key") ?? "address",
        JsonNumber.WholeOf(limit, "requests") ?? 0,
        JsonNumber.Of(limit, "perSeconds") ?? 1,
        JsonText.Of(limit, "shared") == "true" ? JsonNumber.Of(limit, "percent") ?? 0 : null,
        JsonNumber.WholeOf(limit, "refused") ?? 0);
}
