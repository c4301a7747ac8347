using System.Text;

namespace Banyan.Cli.Output;

/// <summary>Columns separated by spaces: readable for people, cut by position or by <c>awk</c>. Control characters from the server never reach the terminal.</summary>
internal sealed class TextTable(params string[] headers)
{
    private readonly List<string[]> _rows = [];

    public int Count => _rows.Count;

    public void Add(params string?[] cells) => _rows.Add(cells.Select(c => Clean(c)).ToArray());

    public void Write(TextWriter to, bool withHeader = true, string indent = "")
    {
        var widths = headers.Select((h, i) => _rows.Select(r => r[i].Length).Append(withHeader ? h.Length : 0).Max()).ToArray();
        if (withHeader)
        {
            WriteRow(to, headers, widths, indent);
        }

        foreach (var row in _rows)
        {
            WriteRow(to, row, widths, indent);
        }
    }

    /// <summary>One line without control characters; <c>-</c> for nothing.</summary>
    public static string Clean(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "-";
        }

        return text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)) : text;
    }

    private static void WriteRow(TextWriter to, string[] cells, int[] widths, string indent)
    {
        var line = new StringBuilder(indent);
        for (var i = 0; i < cells.Length; i++)
        {
            line.Append(i == cells.Length - 1 ? cells[i] : cells[i].PadRight(widths[i] + 3));
        }

        to.Write(line.ToString().TrimEnd());
        to.Write('\n');
    }
}
