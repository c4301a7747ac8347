namespace Banyan.Contracts.Text;

/// <summary>Finds what somebody probably meant to write.</summary>
public static class NearestName
{
    // Nobody mistypes more than this; garbage of any length must not cost time.
    private const int LongestWritten = 64;

    /// <summary>The closest known name, or null when none is close: at most a third of the letters differ.</summary>
    public static string? Of(string written, IEnumerable<string> known) => written.Length > LongestWritten
        ? null
        : known.Select(name => (name, distance: Distance(written, name)))
            .Where(c => c.distance <= Math.Max(1, Math.Max(written.Length, c.name.Length) / 3))
            .OrderBy(c => c.distance).ThenBy(c => c.name, StringComparer.Ordinal)
            .Select(c => c.name)
            .FirstOrDefault();

    /// <summary><c> Did you mean 'x'?</c>, or nothing.</summary>
    public static string Hint(string written, IEnumerable<string> known) => Of(written, known) is { } name ? $" Did you mean '{name}'?" : string.Empty;

    /// <summary>Edits between two words; two neighbouring letters that changed places count as one (optimal string alignment).</summary>
    public static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            rows[i, 0] = i;
        }

        for (var j = 0; j <= b.Length; j++)
        {
            rows[0, j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = Same(a[i - 1], b[j - 1]) ? 0 : 1;
                rows[i, j] = Math.Min(Math.Min(rows[i - 1, j] + 1, rows[i, j - 1] + 1), rows[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) && Same(a[i - 2], b[j - 1]))
                {
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
                }
            }
        }

        return rows[a.Length, b.Length];
    }

    private static bool Same(char a, char b) => char.ToLowerInvariant(a) == char.ToLowerInvariant(b);
}
