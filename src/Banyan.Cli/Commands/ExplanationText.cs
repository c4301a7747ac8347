using System.Globalization;
using System.Text.Json.Nodes;
using Banyan.Cli.Output;

namespace Banyan.Cli.Commands;

/// <summary>An explanation of a route for people.</summary>
internal static class ExplanationText
{
    public static void Write(JsonObject answer, TextWriter to)
    {
        // 1. The request as it is compared, and the verdict.
        var query = Text(answer["query"]) is { } q ? $" ?{q}" : string.Empty;
        to.Write(TextTable.Clean($"{Text(answer["method"])} {(Text(answer["host"]) is { Length: > 0 } host ? host : "(no host)")} {Text(answer["path"]) ?? "(no path)"}{query}") + "\n");
        to.Write(TextTable.Clean(Text(answer["because"])) + "\n");

        // 2. Who was asked.
        Section(to, new TextTable("ROUTE", "HOST", "PATH", "FORM", "VERDICT", "BECAUSE"), answer["candidates"], c =>
            [Name(c), Text(c["host"]), Text(c["path"]), Text(c["form"]), Text(c["verdict"]), Text(c["because"])]);
        Section(to, new TextTable("NEARLY", "BECAUSE"), answer["near"], n => [Name(n), Text(n["because"])]);

        // 3. What becomes of it.
        if (answer["decision"] is JsonObject decision)
        {
            to.Write('\n');
            Lines(decision).Write(to, withHeader: false);
            Section(to, new TextTable("INSTANCE", "ADDRESS", "ELIGIBLE", "BECAUSE"), decision["endpoints"], e =>
                [Text(e["id"]), Text(e["address"]), (bool?)e["eligible"] == true ? "yes" : "no", Text(e["because"])]);
            if (decision["endpoints"] is JsonArray { Count: 0 })
            {
                to.Write("\nThe service has no instances: the answer would be 503.\n");
            }
        }
    }

    private static TextTable Lines(JsonObject decision)
    {
        var lines = new TextTable("", "");
        Add("route", Text(decision["route"]));
        Add("service", Service(decision["service"]));
        Add("target", Text(decision["target"]));
        Add("host", Text(decision["hostSeen"]));
        Each("request field", decision["requestHeaders"]);
        Each("response field", decision["responseHeaders"]);
        if (decision["split"] is JsonObject split)
        {
            var part = (int)split["part"]!;
            var found = (bool)split["keyFound"]! ? string.Empty
                : split["setsCookie"] is { } sets && (bool)sets ? " (missing: one is drawn by chance and set as cookie; told here for the address)"
                : " (missing: the address stands in)";
            Add("split", $"key {Text(split["key"])}{found}, salt '{Text(split["salt"])}', bucket {Text(split["bucket"])} of 10000: part {part + 1}");
            var parts = split["parts"]!.AsArray();
            for (var i = 0; i < parts.Count; i++)
            {
                Add(i == part ? "  chosen" : "  part", $"{Service(parts[i]!["service"])} {Text(parts[i]!["percent"])}%");
            }
        }

        Add("hash on", Text(decision["hashOn"]));
        if (decision["mirror"] is JsonObject mirror)
        {
            Add("mirror", $"{Service(mirror["service"])} {Text(mirror["percent"])}%, at most {Text(mirror["maxInFlight"])} at a time");
        }

        if (decision["redirect"] is JsonObject redirect)
        {
            Add("redirect", $"{Text(redirect["status"])} {Text(redirect["location"])}");
        }

        if (decision["answer"] is JsonObject answer)
        {
            Add("answer", $"{Text(answer["status"])}, {Text(answer["bodyBytes"])} bytes of {Text(answer["contentType"])}");
        }

        if (decision["timeouts"] is JsonObject times)
        {
            Add("connect", Time(times["connectMilliseconds"]));
            Add("response header", Time(times["responseHeaderMilliseconds"]));
            Add("idle", Time(times["idleMilliseconds"]));
            Add("total", Time(times["totalMilliseconds"]) ?? "no limit");
        }

        if (decision["retry"] is JsonObject retry)
        {
            Add("retry", $"{(Text(retry["attempts"]) is { } most ? $"at most {most} attempts, " : string.Empty)}on {Text(retry["on"])}");
        }

        Add("circuit", Text(decision["circuit"]));
        return lines;

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                lines.Add(name, value);
            }
        }

        void Each(string name, JsonNode? list)
        {
            foreach (var item in list as JsonArray ?? [])
            {
                Add(name, Text(item));
            }
        }
    }

    private static void Section(TextWriter to, TextTable table, JsonNode? list, Func<JsonNode, string?[]> row)
    {
        foreach (var item in list as JsonArray ?? [])
        {
            table.Add(row(item!));
        }

        if (table.Count > 0)
        {
            to.Write('\n');
            table.Write(to);
        }
    }

    private static string Name(JsonNode route) => $"{Text(route["domain"])}/{Text(route["name"])}";

    private static string? Service(JsonNode? service) => service is null ? null : $"{Text(service["domain"])}/{Text(service["name"])}";

    private static string? Time(JsonNode? milliseconds) => milliseconds is null ? null : ((double)milliseconds / 1000).ToString("0.### s", CultureInfo.InvariantCulture);

    private static string? Text(JsonNode? value) => value?.ToString();
}
