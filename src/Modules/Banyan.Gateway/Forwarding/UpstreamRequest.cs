using System.Net;
using System.Net.Http.Headers;
using Banyan.Gateway.Routing.Actions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Route = Banyan.Gateway.Routing.Route;

namespace Banyan.Gateway.Forwarding;

/// <summary>Writes the request as the service gets it: the parsed head is written anew, field by field, and the gateway's own fields come last.</summary>
internal sealed class UpstreamRequest(GatewayOptions options, GatewayIdentity identity)
{
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>Makes the message for one attempt.</summary>
    public HttpRequestMessage Build(HttpContext context, Route route, Clusters.Endpoint endpoint, string target, HttpContent? content, string? upgrade)
    {
        var from = context.Request;

        // 1. Where to, and in which version. The target is passed as the client wrote it.
        var message = new HttpRequestMessage(new HttpMethod(from.Method), new Uri(endpoint.Origin + target, in AsWritten))
        {
            Version = endpoint.Http2 ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };

        if (route.Timeouts.Connect is { } connect)
        {
            message.Options.Set(UpstreamTransport.ConnectTimeout, connect);
        }

        // 2. The client's fields, without those that end here.
        var nominated = FieldRules.Nominated(from.Headers.Connection);
        var trusted = identity.Trusts(context.Connection.RemoteIpAddress);
        foreach (var (name, values) in from.Headers)
        {
            if (name.StartsWith(':') || FieldRules.IsHopByHop(name) || nominated?.Contains(name) == true || IsOurs(name, trusted))
            {
                continue;
            }

            Add(message, content, name, values);
        }

        // 3. Expectation, trailers, upgrade: said again in our own words.
        if (content is RequestBody && from.Headers.Expect.Count > 0)
        {
            message.Headers.ExpectContinue = true;
        }

        if (FieldRules.HasMember(from.Headers.TE, "trailers") && context.Features.Get<IHttpResponseTrailersFeature>() is not null)
        {
            message.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        }

        if (upgrade is not null)
        {
            message.Headers.TryAddWithoutValidation("Connection", "Upgrade");
            message.Headers.TryAddWithoutValidation("Upgrade", upgrade);
        }

        // 4. Host as the client sent it or the route wants it, and who is asking through whom.
        if ((route.Host?.Text ?? from.Host.Value) is { Length: > 0 } host)
        {
            message.Headers.Host = host;
        }

        AddForwarded(message, context, trusted);

        // 5. What the route changes. It cannot name what stands above.
        Change(message, content, route.RequestFields);
        return message;
    }

    private static void Change(HttpRequestMessage message, HttpContent? content, FieldChanges? changes)
    {
        if (changes is null)
        {
            return;
        }

        foreach (var name in changes.Remove.Concat(changes.Set.Select(line => line.Name)))
        {
            // Each of the two takes only the names that are its own.
            _ = message.Headers.NonValidated.Contains(name) && message.Headers.Remove(name);
            _ = content?.Headers.NonValidated.Contains(name) == true && content.Headers.Remove(name);
        }

        foreach (var line in changes.Set.Concat(changes.Add))
        {
            Add(message, content, line.Name, line.Value);
        }
    }

    private static bool IsOurs(string name, bool trusted) =>
        name.Equals("Host", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Expect", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Via", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Max-Forwards", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase)
        || (!trusted && name.Equals("Forwarded", StringComparison.OrdinalIgnoreCase));

    private static void Add(HttpRequestMessage message, HttpContent? content, string name, StringValues values)
    {
        // HTTP/2 clients may send cookies in crumbs (RFC 9113 section 8.2.3).
        if (values.Count > 1 && name.Equals("Cookie", StringComparison.OrdinalIgnoreCase))
        {
            values = string.Join("; ", (IEnumerable<string?>)values);
        }

        if (content is not null && name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
        {
            // The length was parsed and checked by the server; written from the number, not from the text.
            content.Headers.ContentLength = content is RequestBody ? long.Parse(values!, System.Globalization.CultureInfo.InvariantCulture) : 0;
            return;
        }

        if (!message.Headers.TryAddWithoutValidation(name, (IEnumerable<string>)values!))
        {
            content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string>)values!);
        }
    }

    private void AddForwarded(HttpRequestMessage message, HttpContext context, bool trusted)
    {
        var from = context.Request;
        var peer = context.Connection.RemoteIpAddress is { } ip ? (ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip).ToString() : "unknown";
        var known = from.Headers["X-Forwarded-For"];
        message.Headers.TryAddWithoutValidation("X-Forwarded-For", trusted && known.Count > 0 ? $"{string.Join(", ", (IEnumerable<string?>)known)}, {peer}" : peer);
        message.Headers.TryAddWithoutValidation("X-Forwarded-Proto", trusted && from.Headers["X-Forwarded-Proto"] is [{ Length: > 0 } proto] ? proto : from.Scheme);
        message.Headers.TryAddWithoutValidation("X-Forwarded-Host", trusted && from.Headers["X-Forwarded-Host"] is [{ Length: > 0 } host] ? host : from.Host.Value);
        if (options.AddVia)
        {
            var version = from.Protocol == "HTTP/1.1" ? "1.1" : from.Protocol == "HTTP/1.0" ? "1.0" : "2";
            var via = from.Headers.Via;
            var own = $"{version} {identity.Pseudonym}";
            message.Headers.TryAddWithoutValidation("Via", via.Count > 0 ? $"{string.Join(", ", (IEnumerable<string?>)via)}, {own}" : own);
        }

        if (from.Headers["Max-Forwards"] is [{ } hops] && int.TryParse(hops, out var left))
        {
            message.Headers.MaxForwards = left - 1;
        }
    }
}
