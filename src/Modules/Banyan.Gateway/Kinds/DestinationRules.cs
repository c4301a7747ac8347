using System.Text;
using Banyan.Contracts;
using Banyan.Contracts.Text;
using Banyan.Gateway.Routing.Actions;

namespace Banyan.Gateway.Kinds;

/// <summary>Where a route may lead: one service, several with shares, elsewhere, or nowhere.</summary>
internal static class DestinationRules
{
    public const int MaxParts = 8;

    /// <summary>Largest body of an answer of the gateway's own, in bytes.</summary>
    public const int MaxBody = 4096;

    private const string Forms = "'service', 'split', 'redirect' or 'respond'";

    private static readonly TimeSpan LeastCookieAge = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan UsualCookieAge = TimeSpan.FromHours(720);

    public static void Check(RouteSpec spec, List<Fault> faults)
    {
        (string Field, bool Given)[] ways =
            [("service", spec.Service is not null), ("split", spec.Split is not null), ("redirect", spec.Redirect is not null), ("respond", spec.Respond is not null)];
        var given = ways.Where(w => w.Given).ToArray();
        if (given.Length == 0)
        {
            faults.Add(new Fault("/spec/service", $"A route leads somewhere: give one of {Forms}.", "required"));
        }

        for (var i = 1; i < given.Length; i++)
        {
            faults.Add(new Fault($"/spec/{given[i].Field}", $"There is '{given[0].Field}' already. A route leads to one of {Forms}; remove one.", "duplicate"));
        }

        if (spec.Split is { } split)
        {
            CheckSplit(split, faults);
        }

        if (spec.Redirect is { } redirect)
        {
            CheckRedirect(spec, redirect, faults);
        }

        if (spec.Respond is { } answer)
        {
            CheckAnswer(answer, faults);
        }

        if (spec.Mirror is { } mirror)
        {
            CheckMirror(spec, mirror, faults);
        }

        if (spec.HashOn is { } key)
        {
            CheckKey("/spec/hashOn", key, faults);
        }
    }

    /// <summary>The shares of a valid split in basis points, the last part's included.</summary>
    public static int[] SharesOf(RouteSplit split)
    {
        var shares = split.Parts.Select(p => p.Share is { } text && RouteRules.TryParseShare(text, out var share) ? share : 0).ToArray();
        if (split.Parts[^1].Share is null)
        {
            shares[^1] = TrafficSplit.Buckets - shares.Sum();
        }

        return shares;
    }

    /// <summary>How long the cookie of a valid split is kept.</summary>
    public static TimeSpan CookieAgeOf(RouteSplit split) => split.CookieMaxAge is { } text && DurationText.TryParse(text, out var age) ? age : UsualCookieAge;

    private static void CheckKey(string pointer, string key, List<Fault> faults)
    {
        if (KeySource.TryParse(key) is null)
        {
            faults.Add(new Fault(pointer, $"'{key}' is no key. Write user, tenant, device, address, header:NAME or cookie:NAME.", "bad-key"));
        }
    }

    private static void CheckSplit(RouteSplit split, List<Fault> faults)
    {
        if (split.Key is { } key)
        {
            CheckKey("/spec/split/key", key, faults);
        }

        if (split.SetCookie == true && KeySource.TryParse(split.Key ?? "address") is { CookieName: null })
        {
            faults.Add(new Fault("/spec/split/setCookie", "Only a key that is a cookie can be given to clients. Set 'key: cookie:NAME', or leave 'setCookie' out.", "out-of-range"));
        }

        if (split.CookieMaxAge is not null && split.SetCookie != true)
        {
            faults.Add(new Fault("/spec/split/cookieMaxAge", "No cookie is set. Set 'setCookie: true', or leave this out.", "out-of-range"));
        }
        else if (split.CookieMaxAge is { } text && !(DurationText.TryParse(text, out var time) && time >= LeastCookieAge))
        {
            faults.Add(new Fault("/spec/split/cookieMaxAge", $"'{text}' is not a time from 1m to 8760h. Write a number and a unit: 30m, 720h.", "bad-duration"));
        }

        if (split.Salt is { Length: 0 or > 128 })
        {
            faults.Add(new Fault("/spec/split/salt", "A salt has 1 to 128 characters. Leave it out to have one of the route's own.", "out-of-range"));
        }

        if (split.Parts.Count is < 2 or > MaxParts)
        {
            faults.Add(new Fault("/spec/split/parts", $"A split has 2 to {MaxParts} parts; this one has {split.Parts.Count}. For one service write 'service'.", "out-of-range"));
            return;
        }

        var sum = 0;
        var right = true;
        for (var i = 0; i < split.Parts.Count; i++)
        {
            var pointer = $"/spec/split/parts/{i}/share";
            if (split.Parts[i].Share is not { } text)
            {
                if (i < split.Parts.Count - 1)
                {
                    faults.Add(new Fault(pointer, "Only the last part may leave its share out; it takes the rest. Write this one, such as 5%.", "required"));
                    right = false;
                }
            }
            else if (RouteRules.TryParseShare(text, out var share))
            {
                sum += share;
            }
            else
            {
                faults.Add(new Fault(pointer, $"'{text}' is no share. Write 0% to 100% with at most two decimals, such as 5% or 0.25%.", "bad-share"));
                right = false;
            }
        }

        var exact = split.Parts[^1].Share is not null;
        if (right && (sum > TrafficSplit.Buckets || (exact && sum != TrafficSplit.Buckets)))
        {
            faults.Add(new Fault("/spec/split/parts", $"The shares sum up to {sum / 100m}%, not 100%. Leave out the last one to have it take the rest.", "out-of-range"));
        }
    }

    private static void CheckRedirect(RouteSpec spec, RouteRedirect redirect, List<Fault> faults)
    {
        if (redirect.Status is { } status and not (301 or 302 or 303 or 307 or 308))
        {
            faults.Add(new Fault("/spec/redirect/status", $"{status} does not send a client elsewhere. Use 301, 302, 303, 307 or 308.", "out-of-range"));
        }

        if (redirect.Scheme is { } scheme and not ("http" or "https"))
        {
            faults.Add(new Fault("/spec/redirect/scheme", $"'{scheme}': write http or https.", "bad-scheme"));
        }

        if (redirect.Host is { } host && (host.StartsWith('*') ? "A host to go to has no '*'." : HostRules.FaultOf(host)) is { } fault)
        {
            faults.Add(new Fault("/spec/redirect/host", fault, "bad-host"));
        }

        if (redirect.Port is < 1 or > 65535)
        {
            faults.Add(new Fault("/spec/redirect/port", $"{redirect.Port} is no port. Write 1 to 65535.", "out-of-range"));
        }

        ActionRules.CheckPaths("/spec/redirect", spec, redirect.Path, redirect.Prefix, faults);
        if (redirect is { Scheme: null, Host: null, Port: null, Path: null, Prefix: null })
        {
            faults.Add(new Fault("/spec/redirect", "This sends clients to where they are, again and again. Give scheme, host, port, path or prefix.", "required"));
        }
    }

    private static void CheckAnswer(RouteAnswer answer, List<Fault> faults)
    {
        if (answer.Status is < 200 or > 599)
        {
            faults.Add(new Fault("/spec/respond/status", $"{answer.Status} is not the status of an answer. Use 200 to 599.", "out-of-range"));
        }

        var length = Encoding.UTF8.GetByteCount(answer.Body ?? string.Empty);
        if (length > MaxBody)
        {
            faults.Add(new Fault("/spec/respond/body", $"The body has {length} bytes; the most is {MaxBody}. Serve longer ones from a service.", "out-of-range"));
        }
        else if (length > 0 && answer.Status is 204 or 205 or 304)
        {
            faults.Add(new Fault("/spec/respond/body", $"An answer with status {answer.Status} has no body. Remove it, or use another status.", "out-of-range"));
        }

        if (answer.ContentType is { } type && (type.Length == 0 || !FieldText.IsValue(type)))
        {
            faults.Add(new Fault("/spec/respond/contentType", $"'{type}' is no media type. Write one such as text/html; charset=utf-8.", "bad-value"));
        }
    }

    private static void CheckMirror(RouteSpec spec, RouteMirror mirror, List<Fault> faults)
    {
        if (spec.Service is null && spec.Split is null)
        {
            faults.Add(new Fault("/spec/mirror", "Only requests that go to a service are copied. Remove the mirror, or give a service.", "out-of-range"));
        }

        if (mirror.Share is { } text && !RouteRules.TryParseShare(text, out _))
        {
            faults.Add(new Fault("/spec/mirror/share", $"'{text}' is no share. Write 0% to 100% with at most two decimals.", "bad-share"));
        }

        if (mirror.MaxInFlight is < 1 or > 10_000)
        {
            faults.Add(new Fault("/spec/mirror/maxInFlight", $"{mirror.MaxInFlight} is not between 1 and 10000.", "out-of-range"));
        }
    }
}
