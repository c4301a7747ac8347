using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Banyan.Bench.Reports;

/// <summary>The figures of one bench, as a table for people or JSON for machines.</summary>
/// <param name="bench">The bench's name.</param>
/// <param name="peer">Who it was measured against.</param>
public sealed class BenchReport(string bench, string peer)
{
    private readonly List<BenchRow> _rows = [];
    private readonly List<string> _notes = [];

    /// <summary>Adds a measurement.</summary>
    public void Add(BenchRow row) => _rows.Add(row);

    /// <summary>Adds a sentence a reader needs to understand the figures.</summary>
    public void Note(string note) => _notes.Add(note);

    /// <summary>Adds the medians of paired rounds.</summary>
    public void AddPaired(string scenario, string unit, IReadOnlyList<double> ours, IReadOnlyList<double> peers, double? target, bool lowerIsBetter = false) =>
        Add(new BenchRow(scenario, unit, Median(ours), Median(peers), Median([.. ours.Zip(peers, (a, b) => a / b)]), target, lowerIsBetter));

    /// <summary>Writes the report.</summary>
    public void Write(TextWriter output, bool json)
    {
        if (json)
        {
            WriteJson(output);
        }
        else
        {
            WriteTable(output);
        }
    }

    internal static double Median(IReadOnlyList<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    private static string Figure(double? value) => value switch
    {
        null => "–",
        >= 1000 => value.Value.ToString("N0", CultureInfo.InvariantCulture),
        >= 10 => value.Value.ToString("N1", CultureInfo.InvariantCulture),
        _ => value.Value.ToString("N2", CultureInfo.InvariantCulture),
    };

    private void WriteTable(TextWriter output)
    {
        string[] head = ["scenario", "unit", "banyan", peer, "ratio", "target", ""];
        var lines = _rows.Select(row => new[]
        {
            row.Scenario,
            row.Unit,
            Figure(row.Ours),
            Figure(row.Peer),
            row.Ratio is { } ratio ? ratio.ToString("0.00", CultureInfo.InvariantCulture) : "–",
            row.Target is { } target ? (row.LowerIsBetter ? "≤ " : "≥ ") + Figure(target) : "–",
            row.Met switch { true => "met", false => "missed", null => string.Empty },
        }).Prepend(head).ToList();
        var widths = Enumerable.Range(0, head.Length).Select(column => lines.Max(line => line[column].Length)).ToArray();
        foreach (var line in lines)
        {
            var text = new StringBuilder();
            for (var column = 0; column < line.Length; column++)
            {
                text.Append(column < 2 || column == 6 ? line[column].PadRight(widths[column]) : line[column].PadLeft(widths[column])).Append("  ");
            }

            output.WriteLine(text.ToString().TrimEnd());
        }

        foreach (var note in _notes)
        {
            output.WriteLine(note);
        }
    }

    private void WriteJson(TextWriter output)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("bench", bench);
            json.WriteString("peer", peer);
            json.WriteNumber("processors", Environment.ProcessorCount);
            json.WriteStartArray("rows");
            foreach (var row in _rows)
            {
                json.WriteStartObject();
                json.WriteString("scenario", row.Scenario);
                json.WriteString("unit", row.Unit);
                json.WriteNumber("banyan", row.Ours);
                WriteOptional(json, "peer", row.Peer);
                WriteOptional(json, "ratio", row.Ratio);
                WriteOptional(json, "target", row.Target);
                if (row.Met is { } met)
                {
                    json.WriteBoolean("met", met);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("notes");
            _notes.ForEach(json.WriteStringValue);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        output.WriteLine(Encoding.UTF8.GetString(buffer.ToArray()));
    }

    private static void WriteOptional(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
