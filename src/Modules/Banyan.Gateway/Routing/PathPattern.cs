using System.Text;

namespace Banyan.Gateway.Routing;

/// <summary>
/// Which paths a route takes: leading segments, each a text or a parameter, and what may follow them. Exact paths, prefixes, templates and regular expressions
/// are all of this form, which is what makes them comparable:
/// <code>
///  exact     /pets/7               pets 7      Whole
///  template  /users/{id}/pets      users {} pets  Whole
///  template  /files/{*rest}        files       Below
///  prefix    /pets                 pets        Below
///  regex     /pets/[0-9]+          pets        Regex
/// </code>
/// </summary>
internal sealed class PathPattern
{
    private readonly string?[] _parameters;

    private PathPattern(string text, string[] segments, PathEnding ending, SafePattern? regex = null)
    {
        Text = text;
        Ending = ending;
        Regex = regex;
        _parameters = [.. segments.Select(s => IsParameter(s) ? s[1..^1] : null)];
        Segments = [.. segments.Select(s => IsParameter(s) ? null : Encoding.ASCII.GetBytes(s))];
        Canonical = CanonicalOf(segments, ending, regex?.Text);
    }

    /// <summary>As declared, for people.</summary>
    public string Text { get; }

    /// <summary>The leading segments; null stands for any segment that is not empty.</summary>
    public byte[]?[] Segments { get; }

    public PathEnding Ending { get; }

    /// <summary>Set when <see cref="Ending"/> is <see cref="PathEnding.Regex"/>.</summary>
    public SafePattern? Regex { get; }

    /// <summary>Equal for patterns that take the same paths: names of parameters do not count.</summary>
    public string Canonical { get; }

    /// <summary>A pattern for one path; a slash at the end counts.</summary>
    public static PathPattern Exact(string path) => new(path, Split(path), PathEnding.Whole);

    /// <summary>A pattern for a path and everything below it; a slash at the end does not count.</summary>
    public static PathPattern Prefix(string path) => new(path, path.Length > 1 ? Split(path.TrimEnd('/')) : [], PathEnding.Below);

    /// <summary>A pattern with parameters: <c>{name}</c> for one segment, <c>{*name}</c> at the end for the rest.</summary>
    public static PathPattern Template(string path)
    {
        var segments = Split(path);
        return segments[^1].StartsWith("{*", StringComparison.Ordinal) ? new(path, segments[..^1], PathEnding.Below) : new(path, segments, PathEnding.Whole);
    }

    /// <summary>A pattern by regular expression.</summary>
    public static PathPattern Of(SafePattern regex)
    {
        var leading = SafePattern.LeadingSegments(regex.Text);
        return new(regex.Text, leading.Length == 0 ? [] : Split(leading), PathEnding.Regex, regex);
    }

    /// <summary>The position of the segment that a parameter stands for; -1 when there is none of this name.</summary>
    public int PositionOf(string parameter) => Array.IndexOf(_parameters, parameter);

    /// <summary>True when a path in normal form matches. Says the same as the walk through <see cref="PathNode"/>, one pattern at a time.</summary>
    public bool Matches(ReadOnlySpan<byte> path)
    {
        if (Ending == PathEnding.Regex)
        {
            return Regex!.IsMatch(path);
        }

        foreach (var segment in Segments)
        {
            if (path.IsEmpty)
            {
                return false;
            }

            var end = path[1..].IndexOf((byte)'/') + 1;
            var own = end == 0 ? path[1..] : path[1..end];
            if (segment is null ? own.IsEmpty : !own.SequenceEqual(segment))
            {
                return false;
            }

            path = end == 0 ? [] : path[end..];
        }

        return Ending == PathEnding.Below || path.IsEmpty;
    }

    /// <summary>
    /// Orders patterns that match one path, the one to be tried first before the others: segment by segment from the left a text goes before a parameter, more
    /// segments go before fewer, and then the order of <see cref="PathEnding"/> decides; among regular expressions the longer text goes first.
    /// </summary>
    public static int Compare(PathPattern a, PathPattern b)
    {
        for (var i = 0; i < Math.Min(a.Segments.Length, b.Segments.Length); i++)
        {
            if (a.Segments[i] is null != b.Segments[i] is null)
            {
                return a.Segments[i] is null ? 1 : -1;
            }
        }

        var order = b.Segments.Length.CompareTo(a.Segments.Length);
        order = order != 0 ? order : a.Ending.CompareTo(b.Ending);
        return order != 0 || a.Ending != PathEnding.Regex ? order : CompareRegex(a.Regex!.Text, b.Regex!.Text);
    }

    public override string ToString() => Text;

    private static int CompareRegex(string a, string b) => a.Length != b.Length ? b.Length.CompareTo(a.Length) : string.CompareOrdinal(a, b);

    private static string CanonicalOf(string[] segments, PathEnding ending, string? regex) => ending switch
    {
        PathEnding.Regex => "~" + regex,
        _ => string.Concat(segments.Select(s => "/" + (IsParameter(s) ? "{}" : s))) + (ending == PathEnding.Below ? "/**" : string.Empty),
    };

    private static string[] Split(string path) => path[1..].Split('/');

    private static bool IsParameter(string segment) => segment.StartsWith('{');
}
