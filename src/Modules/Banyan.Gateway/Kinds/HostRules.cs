using System.Buffers;
using Banyan.Contracts;

namespace Banyan.Gateway.Kinds;

/// <summary>What a host of a route may be.</summary>
internal static class HostRules
{
    /// <summary>Longest host name DNS can carry in text.</summary>
    public const int MaxLength = 253;

    public const int MaxHosts = 64;

    private static readonly SearchValues<char> LabelCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>The form hosts are compared in: lower-case, without the root dot.</summary>
    public static string Normal(string host) => host.TrimEnd('.').ToLowerInvariant();

    public static void Check(RouteSpec spec, List<Fault> faults)
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
            if (FaultOf(hosts[i]) is { } fault)
            {
                faults.Add(new Fault($"/spec/hosts/{i}", fault, "bad-host"));
            }
            else if (!seen.Add(Normal(hosts[i])))
            {
                faults.Add(new Fault($"/spec/hosts/{i}", $"'{hosts[i]}' is in the list twice. Remove one.", "duplicate"));
            }
        }
    }

    /// <summary>What is wrong with a host pattern; null when it is right.</summary>
    public static string? FaultOf(string? host)
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

        if (host.Length > MaxLength)
        {
            return $"A host name has at most {MaxLength} characters; this one has {host.Length}.";
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
}
