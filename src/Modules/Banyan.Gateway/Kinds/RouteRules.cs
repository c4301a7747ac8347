using System.Buffers;
using Banyan.Contracts;
using Banyan.Contracts.Text;

namespace Banyan.Gateway.Kinds;

/// <summary>What a valid route looks like, as pure functions: the kind's validator and the compiler both stand on them.</summary>
internal static class RouteRules
{
    /// <summary>Longest host name DNS can carry in text.</summary>
    public const int MaxHostLength = 253;

    public const int MaxPathLength = 1024;

    public const int MaxHosts = 64;

    // RFC 3986 pchar without percent-escapes, plus the separator: the normal form request paths are matched in.
    private static readonly SearchValues<char> PathCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/");

    private static readonly SearchValues<char> LabelCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>Every fault of one spec, each with its place; empty when it is valid.</summary>
    public static List<Fault> Check(RouteSpec spec)
    {
        var faults = new List<Fault>();
        CheckHosts(spec, faults);
        if (PathFault(PathOf(spec)) is { } path)
        {
            faults.Add(new Fault("/spec/path", path, "bad-path"));
        }

        if (spec.Timeout is { } timeout && !TryParseDuration(timeout, out _))
        {
            faults.Add(new Fault("/spec/timeout", $"'{timeout}' is not a duration above zero and at most 1h. Write a number and a unit: 500ms, 30s, 2m.", "bad-duration"));
        }

        return faults;
    }

    /// <summary>The path in the form routes are compared in: <c>/pets/</c> is <c>/pets</c>.</summary>
    public static string PathOf(RouteSpec spec)
    {
        var path = string.IsNullOrEmpty(spec.Path) ? "/" : spec.Path;
        return path.Length > 1 && path.EndsWith('/') ? path[..^1] : path;
    }

    /// <summary>The hosts in the form routes are compared in: lower-case, without the root dot.</summary>
    public static IReadOnlyList<string> HostsOf(RouteSpec spec) => spec.Hosts is { Count: > 0 } hosts ? [.. hosts.Select(NormalHost)] : [];

    /// <summary>Parses <c>500ms</c>, <c>30s</c>, <c>2m</c>, <c>1h</c>; at least a millisecond, at most one hour.</summary>
    public static bool TryParseDuration(string text, out TimeSpan duration) =>
        DurationText.TryParse(text, out duration) && duration >= TimeSpan.FromMilliseconds(1) && duration <= TimeSpan.FromHours(1);

    private static void CheckHosts(RouteSpec spec, List<Fault> faults)
    {
        var hosts = spec.Hosts ?? [];
        if (hosts.Count > MaxHosts)
        {
            faults.Add(new Fault("/spec/hosts", $"{hosts.Count} hosts; a route takes at most {MaxHosts}. Split it into several routes.", "out-of-range"));
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < hosts.Count; i++)
        {
            if (HostFault(hosts[i]) is { } fault)
            {
                faults.Add(new Fault($"/spec/hosts/{i}", fault, "bad-host"));
            }
            else if (!seen.Add(NormalHost(hosts[i])))
            {
                faults.Add(new Fault($"/spec/hosts/{i}", $"'{hosts[i]}' is in the list twice. Remove one.", "duplicate"));
            }
        }
    }

    private static string NormalHost(string host) => host.TrimEnd('.').ToLowerInvariant();

    private static string? HostFault(string? host)
    {
        if (string.IsNullOrEmpty(host))
        {
            return "A host may not be empty. Leave 'hosts' out to take every host.";
        }

        if (host == "*")
        {
            return "'*' alone is not a host. Leave 'hosts' out to take every host.";
        }

        if (host.Contains("://", StringComparison.Ordinal) || host.Contains('/'))
        {
            return $"'{host}' is a URL. Write the host name only; the path has its own field.";
        }

        if (host.Contains(':'))
        {
            return $"'{host}' has a port. Write the host name only; every port of the gateway serves it.";
        }

        if (host.Length > MaxHostLength)
        {
            return $"A host name has at most {MaxHostLength} characters; this one has {host.Length}.";
        }

        var labels = (host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host).TrimEnd('.').Split('.');
        foreach (var label in labels)
        {
            if (label.Contains('*'))
            {
                return $"'{host}': '*' stands only for everything before the first dot, as in '*.example'.";
            }

            if (label.Length is 0 or > 63 || label.StartsWith('-') || label.EndsWith('-') || label.AsSpan().ContainsAnyExcept(LabelCharacters))
            {
                return $"'{host}' is not a host name: '{label}' is not a label of 1 to 63 letters, digits and inner hyphens. Write international names in their xn-- form.";
            }
        }

        return null;
    }

    private static string? PathFault(string path)
    {
        if (path[0] != '/')
        {
            return $"'{path}' does not begin with '/'.";
        }

        if (path.Length > MaxPathLength)
        {
            return $"A path has at most {MaxPathLength} characters; this one has {path.Length}.";
        }

        var bad = path.AsSpan().IndexOfAnyExcept(PathCharacters);
        if (bad >= 0)
        {
            return path[bad] switch
            {
                '%' => $"'{path}': write characters plainly, not percent-escaped; requests are compared in their unescaped form.",
                '?' or '#' => $"'{path}': a path has no query and no fragment.",
                _ => $"'{path}': the character at position {bad} may not stand in a path.",
            };
        }

        if (path.Length > 1 && path.Contains("//", StringComparison.Ordinal))
        {
            return $"'{path}' has an empty segment.";
        }

        return path.Split('/').Any(segment => segment is "." or "..") ? $"'{path}' has a dot segment. Write the path it leads to." : null;
    }
}
