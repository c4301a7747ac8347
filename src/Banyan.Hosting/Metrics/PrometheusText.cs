using System.Globalization;
using System.Text;

namespace Banyan.Hosting.Metrics;

/// <summary>
/// Prometheus' text exposition format 0.0.4, with the names OpenTelemetry's compatibility rules give: dots to underscores, the unit and <c>_total</c> as endings.
/// </summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Write(IEnumerable<MetricInstrument> instruments)
    {
        var text = new StringBuilder();

        // One block a name: a second meter with the same instrument must not open a second block, which readers refuse.
        foreach (var block in instruments.GroupBy(NameOf).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var first = block.First();
            var series = block.Where(i => i.IsCounter == first.IsCounter && (i.Bounds is null) == (first.Bounds is null))
                .SelectMany(i => i.Series.Select(s => (Labels: Labels(s.Key), s.Value, i.Bounds)))
                .DistinctBy(s => s.Labels)
                .OrderBy(s => s.Labels, StringComparer.Ordinal)
                .ToList();
            if (series.Count == 0)
            {
                continue;
            }

            if (first.Instrument.Description is { Length: > 0 } help)
            {
                text.Append("# HELP ").Append(block.Key).Append(' ').Append(help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('\n');
            }

            text.Append("# TYPE ").Append(block.Key).Append(first.Bounds is not null ? " histogram\n" : first.IsCounter ? " counter\n" : " gauge\n");
            foreach (var (labels, value, bounds) in series)
            {
                if (bounds is null)
                {
                    Sample(text, block.Key, labels, value.Value);
                }
                else
                {
                    Histogram(text, block.Key, labels, value, bounds);
                }
            }
        }

        return text.ToString();
    }

    internal static string NameOf(MetricInstrument metric)
    {
        var name = new StringBuilder(Sanitise(metric.Instrument.Name));
        var unit = metric.Instrument.Unit switch
        {
            "s" => "_seconds",
            "ms" => "_milliseconds",
            "By" => "_bytes",
            "1" when !metric.IsCounter && metric.Bounds is null => "_ratio",
            _ => string.Empty,
        };
        if (unit.Length > 0 && !name.ToString().EndsWith(unit, StringComparison.Ordinal))
        {
            name.Append(unit);
        }

        return metric.IsCounter && !name.ToString().EndsWith("_total", StringComparison.Ordinal) ? name.Append("_total").ToString() : name.ToString();
    }

    private static void Histogram(StringBuilder text, string name, string labels, MetricSeries series, double[] bounds)
    {
        var (buckets, sum, count) = series.Read();
        var cumulative = 0L;
        for (var i = 0; i < buckets.Length; i++)
        {
            cumulative += buckets[i];
            var bound = i < bounds.Length ? Number(bounds[i]) : "+Inf";
            Sample(text, name + "_bucket", labels.Length == 0 ? $"le=\"{bound}\"" : $"{labels},le=\"{bound}\"", cumulative);
        }

        Sample(text, name + "_sum", labels, sum);
        Sample(text, name + "_count", labels, count);
    }

    private static void Sample(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }

        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Labels(KeyValuePair<string, object?>[] tags) =>
        string.Join(',', tags.OrderBy(t => t.Key, StringComparer.Ordinal).DistinctBy(t => Sanitise(t.Key)).Select(t => $"{Sanitise(t.Key)}=\"{Escape(t.Value)}\""));

    private static string Escape(object? value) =>
        (value is bool b ? (b ? "true" : "false") : Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty)
            .Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Sanitise(string name)
    {
        var clean = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
        return char.IsAsciiDigit(clean[0]) ? "_" + clean : clean;
    }

    private static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString("R", CultureInfo.InvariantCulture);
}
