using System.Buffers;
using System.Text.RegularExpressions;
using Banyan.Contracts;
using Banyan.Gateway.Routing;

namespace Banyan.Gateway.Kinds;

/// <summary>What the four forms of a route's path may be.</summary>
internal static partial class PathRules
{
    public const int MaxLength = 1024;

    public const int MaxSegments = 64;

    // RFC 3986 pchar without percent-escapes, plus the separator: the normal form request paths are matched in.
    private static readonly SearchValues<char> PathCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/");

    public static void Check(RouteSpec spec, List<Fault> faults)
    {
        (string Field, string? Value)[] forms =
            [("path", spec.Path == "/" ? null : spec.Path), ("pathExact", spec.PathExact), ("pathTemplate", spec.PathTemplate), ("pathRegex", spec.PathRegex)];
        var given = forms.Where(f => f.Value is not null).ToArray();
        for (var i = 1; i < given.Length; i++)
        {
            faults.Add(new Fault($"/spec/{given[i].Field}", $"There is '{given[0].Field}' already. A route has one form of a path; remove one.", "duplicate"));
        }

        foreach (var (field, value) in given)
        {
            if (FaultOf(field, value!) is { } fault)
            {
                faults.Add(new Fault($"/spec/{field}", fault, "bad-path"));
            }
        }
    }

    /// <summary>What is wrong with a path that is written out; null when it is right.</summary>
    public static string? FaultOf(string path)
    {
        if (path.Length == 0 || path[0] != '/')
        {
            return $"'{path}' does not begin with '/'.";
        }

        if (path.Length > MaxLength)
        {
            return $"A path has at most {MaxLength} characters; this one has {path.Length}.";
        }

        var bad = path.AsSpan().IndexOfAnyExcept(PathCharacters);
        if (bad >= 0)
        {
            return path[bad] switch
            {
                '%' => $"'{path}': write characters plainly, not percent-escaped; requests are compared in their unescaped form.",
                '?' or '#' => $"'{path}': a path has no query and no fragment.",
                '{' or '}' => $"'{path}': parameters stand in 'pathTemplate', not here.",
                _ => $"'{path}': the character at position {bad} may not stand in a path.",
            };
        }

        if (path.Length > 1 && path.Contains("//", StringComparison.Ordinal))
        {
            return $"'{path}' has an empty segment.";
        }

        return path.Split('/').Any(segment => segment is "." or "..") ? $"'{path}' has a dot segment. Write the path it leads to." : null;
    }

    /// <summary>What is wrong with a template; null when it is right.</summary>
    public static string? TemplateFault(string template)
    {
        var segments = template.Split('/');
        if (segments.Length - 1 > MaxSegments)
        {
            return $"'{template}' has more than {MaxSegments} segments.";
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < segments.Length; i++)
        {
            var segment = segments[i];
            if (!segment.Contains('{') && !segment.Contains('}'))
            {
                continue;
            }

            var parameter = Parameter().Match(segment);
            if (!parameter.Success)
            {
                return $"'{template}': '{segment}' is no parameter. A parameter is a whole segment, {{name}} with letters, digits and '_', or {{*name}} at the end.";
            }

            if (parameter.Groups["rest"].Length > 0 && i < segments.Length - 1)
            {
                return $"'{template}': '{segment}' takes all that follows and can only stand at the end.";
            }

            if (!names.Add(parameter.Groups["name"].Value))
            {
                return $"'{template}' has the parameter '{parameter.Groups["name"].Value}' twice. Give each a name of its own.";
            }

            segments[i] = "x";
        }

        return FaultOf(string.Join('/', segments)) is { } fault ? $"{fault} (in template '{template}')" : null;
    }

    private static string? FaultOf(string field, string value)
    {
        switch (field)
        {
            case "pathTemplate":
                return TemplateFault(value);
            case "pathRegex":
                return SafePattern.TryCreate(value, out var why) is null ? why : null;
            default:
                return FaultOf(value);
        }
    }

    [GeneratedRegex(@"\A\{(?<rest>\*?)(?<name>[A-Za-z_][A-Za-z0-9_]*)\}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Parameter();
}
