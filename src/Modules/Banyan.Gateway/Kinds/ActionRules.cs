using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Banyan.Contracts;
using Banyan.Gateway.Routing.Actions;

namespace Banyan.Gateway.Kinds;

/// <summary>What a route may change on the way, and how long it may take.</summary>
internal static partial class ActionRules
{
    public const int MaxFields = 32;

    public const int MaxValueLength = 2048;

    /// <summary>Fields that frame a message, belong to one connection (RFC 9110 section 7.6.1), or say what the gateway answers for.</summary>
    private static readonly FrozenSet<string> Reserved = FrozenSet.ToFrozenSet(
        [
            "Connection", "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "HTTP2-Settings", "Content-Length", "Expect", "Max-Forwards",
            "Host", "Via", "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "traceparent", "Date", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Status", "Sec-WebSocket-Key", "Sec-WebSocket-Accept",
        ],
        StringComparer.OrdinalIgnoreCase);

    private static readonly Dictionary<string, RetryOn> Retries = new(StringComparer.Ordinal)
    {
        ["connect-failure"] = RetryOn.ConnectFailure,
        ["reset"] = RetryOn.Reset,
    };

    public static void Check(RouteSpec spec, List<Fault> faults)
    {
        CheckRewrite(spec, faults);
        CheckFields("/spec/requestHeaders", spec.RequestHeaders, faults);
        CheckFields("/spec/responseHeaders", spec.ResponseHeaders, faults);
        CheckTimes(spec, faults);
        CheckRetry(spec.Retry, faults);
    }

    /// <summary>What a valid list stands for; absent = the default.</summary>
    public static RetryOn RetriesOf(IReadOnlyList<string>? on) =>
        on is null ? RetryOn.ConnectFailure | RetryOn.Reset : on.Aggregate(RetryOn.None, (all, one) => all | Retries[one]);

    /// <summary>Checks a path and a prefix that take the place of the client's.</summary>
    public static void CheckPaths(string pointer, RouteSpec spec, string? path, string? prefix, List<Fault> faults)
    {
        if (path is not null && prefix is not null)
        {
            faults.Add(new Fault($"{pointer}/prefix", "There is 'path' already. Keep one of them.", "duplicate"));
        }

        if (prefix is not null && PathRules.FaultOf(prefix) is { } bad)
        {
            faults.Add(new Fault($"{pointer}/prefix", bad, "bad-path"));
        }

        if (prefix is not null && (spec.PathExact ?? spec.PathTemplate ?? spec.PathRegex) is not null)
        {
            faults.Add(new Fault($"{pointer}/prefix", "It takes the place of the prefix in 'path', and this route has none. Use 'path' here, or a prefix there.", "out-of-range"));
        }

        if (path is null)
        {
            return;
        }

        if (PathRules.TemplateFault(path) is { } fault)
        {
            faults.Add(new Fault($"{pointer}/path", fault, "bad-path"));
            return;
        }

        var known = spec.PathTemplate is null ? [] : Parameters().Matches(spec.PathTemplate).Select(m => m.Value).ToArray();
        if (Parameters().Matches(path).Select(m => m.Value).FirstOrDefault(p => !known.Contains(p)) is { } unknown)
        {
            faults.Add(new Fault(
                $"{pointer}/path",
                known.Length == 0
                    ? $"'{unknown}' has no meaning here: parameters come from 'pathTemplate', and this route has none."
                    : $"'{unknown}' is no parameter of the route's template. It has {string.Join(", ", known)}.",
                "bad-path"));
        }
    }

    private static void CheckRewrite(RouteSpec spec, List<Fault> faults)
    {
        if (spec.StripPrefix && (spec.PathExact ?? spec.PathTemplate ?? spec.PathRegex) is not null)
        {
            faults.Add(new Fault("/spec/stripPrefix", "Only the prefix in 'path' can be taken away, and this route has none. Use rewrite.path.", "out-of-range"));
        }

        if (spec.Rewrite is not { } rewrite)
        {
            return;
        }

        if (spec.Redirect is not null || spec.Respond is not null)
        {
            faults.Add(new Fault("/spec/rewrite", "No service sees these requests, so there is nothing to rewrite for it. Remove it.", "out-of-range"));
        }

        if (spec.StripPrefix && (rewrite.Prefix ?? rewrite.Path) is not null)
        {
            faults.Add(new Fault("/spec/stripPrefix", "The path is rewritten already. Keep one of them.", "duplicate"));
        }

        CheckPaths("/spec/rewrite", spec, rewrite.Path, rewrite.Prefix, faults);
        if (rewrite.Host is { } host)
        {
            var colon = host.IndexOf(':', StringComparison.Ordinal);
            var name = colon < 0 ? host : host[..colon];
            var port = colon < 0 || (ushort.TryParse(host.AsSpan(colon + 1), System.Globalization.NumberStyles.None, null, out var number) && number > 0);
            if ((!port ? $"'{host}' has no port from 1 to 65535 behind its colon." : name.StartsWith('*') ? "A Host field has no '*'." : HostRules.FaultOf(name)) is { } fault)
            {
                faults.Add(new Fault("/spec/rewrite/host", fault, "bad-host"));
            }
        }
    }

    private static void CheckFields(string pointer, RouteFieldChanges? changes, List<Fault> faults)
    {
        if (changes is null)
        {
            return;
        }

        if ((changes.Remove?.Count ?? 0) > MaxFields || (changes.Set?.Count ?? 0) > MaxFields || (changes.Add?.Count ?? 0) > MaxFields)
        {
            faults.Add(new Fault(pointer, $"At most {MaxFields} fields can be removed, set and added each.", "out-of-range"));
            return;
        }

        for (var i = 0; i < (changes.Remove?.Count ?? 0); i++)
        {
            CheckName($"{pointer}/remove/{i}", changes.Remove![i], faults);
        }

        CheckLines($"{pointer}/set", changes.Set, faults);
        CheckLines($"{pointer}/add", changes.Add, faults);
    }

    private static void CheckLines(string pointer, IReadOnlyDictionary<string, string>? lines, List<Fault> faults)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in lines ?? new Dictionary<string, string>())
        {
            // RFC 6901 section 3.
            var place = $"{pointer}/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";
            CheckName(place, name, faults);
            if (!seen.Add(name))
            {
                faults.Add(new Fault(place, $"'{name}' is there twice; the case of a name does not count. Remove one.", "duplicate"));
            }

            if (value is null || value.Length > MaxValueLength || !FieldText.IsValue(value))
            {
                faults.Add(new Fault(place, $"The value of '{name}' must be printable ASCII without blanks around it, at most {MaxValueLength} characters.", "bad-value"));
            }
        }
    }

    private static void CheckName(string pointer, string name, List<Fault> faults)
    {
        if (!FieldText.IsToken(name))
        {
            faults.Add(new Fault(pointer, $"'{name}' is not a field name (letters, digits and '-').", "bad-name"));
        }
        else if (Reserved.Contains(name) || name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase))
        {
            faults.Add(new Fault(
                pointer,
                name.Equals("Host", StringComparison.OrdinalIgnoreCase)
                    ? "'Host' is set by rewrite.host."
                    : $"'{name}' frames the message, belongs to one connection, or is the gateway's own word; a route cannot change it. Use another field.",
                "reserved"));
        }
    }

    private static void CheckTimes(RouteSpec spec, List<Fault> faults)
    {
        CheckTime("/spec/timeout", spec.Timeout, faults);
        CheckTime("/spec/timeouts/connect", spec.Timeouts?.Connect, faults);
        CheckTime("/spec/timeouts/responseHeader", spec.Timeouts?.ResponseHeader, faults);
        CheckTime("/spec/timeouts/idle", spec.Timeouts?.Idle, faults);
        CheckTime("/spec/timeouts/total", spec.Timeouts?.Total, faults);
        if (spec.Timeout is not null && spec.Timeouts?.ResponseHeader is not null)
        {
            faults.Add(new Fault("/spec/timeout", "It is the same as timeouts.responseHeader, which is there too. Keep one.", "duplicate"));
        }
    }

    private static void CheckTime(string pointer, string? text, List<Fault> faults)
    {
        if (text is not null && !RouteRules.TryParseDuration(text, out _))
        {
            faults.Add(new Fault(pointer, $"'{text}' is not a duration above zero and at most 1h. Write a number and a unit: 500ms, 30s, 2m.", "bad-duration"));
        }
    }

    private static void CheckRetry(RouteRetry? retry, List<Fault> faults)
    {
        if (retry?.Attempts is < 1 or > 5)
        {
            faults.Add(new Fault("/spec/retry/attempts", $"{retry.Attempts} attempts; write 1 (never again) to 5.", "out-of-range"));
        }

        for (var i = 0; i < (retry?.On?.Count ?? 0); i++)
        {
            if (!Retries.ContainsKey(retry!.On![i]))
            {
                faults.Add(new Fault($"/spec/retry/on/{i}", $"'{retry.On[i]}' is no reason. Known are {string.Join(", ", Retries.Keys)}.", "bad-value"));
            }
        }
    }

    [GeneratedRegex(@"\{[^}]*\}", RegexOptions.CultureInvariant)]
    private static partial Regex Parameters();
}
