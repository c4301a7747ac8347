using System.Text.Json.Nodes;
using Banyan.Cli.Output;
using Banyan.Client;

namespace Banyan.Cli.Commands;

/// <summary>Objects as tables: columns that people ask for, by kind.</summary>
internal static class ResourceLists
{
    /// <summary>Several objects as one document.</summary>
    public static JsonObject Document(JsonArray items) => new() { ["apiVersion"] = "banyan/v1", ["kind"] = "List", ["items"] = items };

    /// <summary>The table of a kind.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="items">Its objects.</param>
    /// <param name="instances">Instances, where the kind shows them; empty otherwise.</param>
    /// <param name="withDomain">A first column with the domain.</param>
    /// <param name="wide">More columns.</param>
    /// <param name="clock">For ages.</param>
    public static TextTable Table(KindDescription kind, IReadOnlyList<JsonObject> items, IReadOnlyList<InstanceDescription> instances, bool withDomain, bool wide, TimeProvider clock)
    {
        var columns = Columns(kind.Name, instances, wide).ToArray();
        var headers = new List<string> { "NAME" };
        if (withDomain)
        {
            headers.Insert(0, "DOMAIN");
        }

        headers.AddRange(columns.Select(c => c.Header));
        headers.Add("AGE");
        if (wide)
        {
            headers.Add("LABELS");
        }

        var table = new TextTable([.. headers]);
        foreach (var item in items)
        {
            var cells = new List<string?> { item.Name() };
            if (withDomain)
            {
                cells.Insert(0, item.Domain());
            }

            cells.AddRange(columns.Select(c => c.Cell(item)));
            cells.Add(item.At("metadata", "deletedAt") is null ? Ages.Of(item.Time("metadata", "createdAt"), clock) : "deleting");
            if (wide)
            {
                cells.Add(string.Join(",", (item.At("metadata", "labels") as JsonObject ?? []).Select(l => $"{l.Key}={l.Value.Text()}")));
            }

            table.Add([.. cells]);
        }

        return table;
    }

    private static IEnumerable<(string Header, Func<JsonObject, string?> Cell)> Columns(string kind, IReadOnlyList<InstanceDescription> instances, bool wide)
    {
        switch (kind)
        {
            case "Service":
                yield return ("UP", item => Up(item, instances));
                yield return ("PROTOCOL", item => item.Text("spec", "protocol"));
                yield return ("TIER", item => item.Text("spec", "tier"));
                yield return ("OWNER", item => item.Text("spec", "owner"));
                if (wide)
                {
                    yield return ("USES", item => string.Join(",", (item.At("spec", "uses") as JsonArray ?? []).Select(u => u.Text("service") ?? u.Text())));
                    yield return ("DESCRIPTION", item => item.Text("spec", "description"));
                }

                break;
            case "Route":
                yield return ("HOSTS", item => item.At("spec", "hosts").Joined() is { Length: > 0 } hosts ? hosts : "*");
                yield return ("PATH", RoutePath);
                yield return ("SERVICE", RouteDestination);
                if (wide)
                {
                    yield return ("STRIP", item => item.Text("spec", "stripPrefix") ?? "false");
                    yield return ("TIMEOUT", item => item.Text("spec", "timeout"));
                }

                break;
            default:
                yield return ("READY", item => item.Conditions().Any() ? item.Holds("Ready") ? "yes" : "no" : "-");
                break;
        }
    }

    private static string RoutePath(JsonObject route) =>
        route.Text("spec", "pathTemplate")
        ?? (route.Text("spec", "pathExact") is { } exact ? $"{exact} (exact)" : route.Text("spec", "pathRegex") is { } regex ? $"{regex} (regex)" : route.Text("spec", "path") ?? "/");

    private static string? RouteDestination(JsonObject route) =>
        route.At("spec", "split", "parts") is JsonArray parts ? string.Join(",", parts.Select(p => $"{p.Text("service", "name")} {p.Text("share")}".TrimEnd()))
        : route.At("spec", "redirect") is { } redirect ? $"(redirect {redirect.Text("status") ?? "302"})"
        : route.Text("spec", "respond", "status") is { } status ? $"(answer {status})"
        : route.Text("spec", "service", "name") ?? route.Text("spec", "service");

    private static string Up(JsonObject item, IReadOnlyList<InstanceDescription> instances)
    {
        var mine = instances.Where(i => i.Service == item.Name() && i.Domain == (item.Domain() ?? i.Domain)).ToArray();
        return $"{mine.Count(i => i.State == "up")}/{mine.Length}";
    }
}
