using System.Text.Json.Nodes;

namespace Banyan.Console.Views;

/// <summary>One TLS certificate of the gateway.</summary>
public sealed record CertificateView
{
    private const int SoonDays = 14;

    public required string Domain { get; init; }

    public required string Name { get; init; }

    /// <summary>The hosts that are to get it; those it names when none are declared.</summary>
    public required IReadOnlyList<string> Hosts { get; init; }

    public required bool Default { get; init; }

    /// <summary>Where it comes from: the certificate's path, or null for text in the object.</summary>
    public required string? File { get; init; }

    public required DateTimeOffset? NotBefore { get; init; }

    public required DateTimeOffset? NotAfter { get; init; }

    /// <summary>SHA-256, or empty while no gateway has read it.</summary>
    public required string Fingerprint { get; init; }

    public required bool InUse { get; init; }

    /// <summary>Why it is not served as declared; null when it is.</summary>
    public required string? Problem { get; init; }

    public required DateTimeOffset Now { get; init; }

    public string FullName => Domain == "default" ? Name : $"{Domain}/{Name}";

    public int? DaysLeft => NotAfter is { } end ? (int)Math.Floor((end - Now).TotalDays) : null;

    public string Tone =>
        NotAfter is null && Problem is null ? "starting"
        : DaysLeft < 0 || (Problem is not null && !InUse) ? "down"
        : DaysLeft < SoonDays || Problem is not null ? "degraded"
        : InUse ? "up" : "empty";

    public string Word => Tone switch
    {
        "starting" => "Not read yet",
        "down" => DaysLeft < 0 ? "Expired" : "Broken",
        "degraded" => Problem is not null ? "Old kept" : "Expires soon",
        "up" => "Served",
        _ => "Unused",
    };

    /// <summary>The time left as people say it.</summary>
    public string Left => DaysLeft switch
    {
        null => "–",
        < 0 => $"{-DaysLeft} {(DaysLeft == -1 ? "day" : "days")} ago",
        0 => "today",
        1 => "tomorrow",
        < 730 => $"in {DaysLeft} days",
        _ => $"in {DaysLeft / 365} years",
    };

    internal static CertificateView Of(string domain, string name, JsonObject document, DateTimeOffset now)
    {
        var spec = document["spec"] as JsonObject;
        var status = document["status"] as JsonObject;
        var ready = (status?["conditions"] as JsonArray ?? []).FirstOrDefault(c => JsonText.Of(c, "type") == "Ready");
        return new CertificateView
        {
            Domain = domain,
            Name = name,
            Hosts = [.. (spec?["hosts"] as JsonArray ?? status?["names"] as JsonArray ?? []).Select(h => h?.ToString() ?? string.Empty)],
            Default = JsonText.Of(spec, "default") == "true",
            File = JsonText.Of(spec, "certificateFile"),
            NotBefore = JsonText.TimeOf(status, "notBefore"),
            NotAfter = JsonText.TimeOf(status, "notAfter"),
            Fingerprint = JsonText.Of(status, "fingerprint") ?? string.Empty,
            InUse = JsonText.Of(status, "inUse") == "true",
            Problem = JsonText.Of(ready, "holds") == "false" ? JsonText.Of(ready, "message") : null,
            Now = now,
        };
    }
}
