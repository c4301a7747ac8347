using Banyan.Gateway.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Banyan.Gateway.Forwarding;

/// <summary>What is refused, or answered here, before a route is looked for.</summary>
internal static class Admission
{
    public const string Allow = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

    /// <summary>Says why a request is not taken; None when it is.</summary>
    public static Failure Refuse(HttpRequest request, string target, GatewayIdentity identity)
    {
        if (HttpMethods.IsConnect(request.Method) || HttpMethods.IsTrace(request.Method))
        {
            return MethodRefused(request.Method);
        }

        if (target == "*" && !HttpMethods.IsOptions(request.Method))
        {
            return new Failure(FailureReason.ClientTargetRefused, "'*' is a target only for OPTIONS.");
        }

        // RFC 9112 section 6.1. The server has taken the chunks and renamed the length; two readings of one request are refused instead.
        if (request.Headers.TransferEncoding.Count > 0 && request.Headers.ContainsKey("X-Content-Length"))
        {
            return new Failure(FailureReason.ClientFramingRefused, "The request has both Transfer-Encoding and Content-Length. Send one of them.");
        }

        // RFC 9110 section 10.1.1 knows one expectation.
        if (request.Headers.Expect is { Count: > 0 } expect && !(expect is [{ } only] && only.Equals("100-continue", StringComparison.OrdinalIgnoreCase)))
        {
            return new Failure(FailureReason.ClientExpectationRefused, "The only known expectation is 100-continue.");
        }

        return identity.IsIn(request.Headers.Via) ? Loop : Failure.None;
    }

    /// <summary>For a method that no service is to see.</summary>
    public static Failure MethodRefused(string method) =>
        new(FailureReason.ClientMethodRefused, $"{method} is not served: this is a gateway to services, not a proxy to anywhere.");

    /// <summary>For a request that has been here before.</summary>
    public static Failure Loop => new(FailureReason.ClientLoop, "A service sent the request back to the gateway it came from. Check what the service is configured to call.");

    /// <summary>True for questions about the gateway itself: <c>OPTIONS *</c>, and OPTIONS that may go no further (RFC 9110 sections 9.3.7 and 7.6.2).</summary>
    public static bool AnswersItself(HttpRequest request, string target) =>
        HttpMethods.IsOptions(request.Method) && (target == "*" || request.Headers["Max-Forwards"] is ["0"]);

    /// <summary>
    /// The protocol the client asks to switch to, or null. <c>h2c</c> is not among them: nothing behind an upgrade to HTTP/2 would pass the gateway's rules.
    /// </summary>
    public static string? Upgrade(HttpContext context)
    {
        var asked = context.Request.Headers.Upgrade;
        return asked is [{ Length: > 0 } protocol]
            && context.Features.Get<IHttpUpgradeFeature>()?.IsUpgradableRequest == true
            && !protocol.Contains(',')
            && !protocol.StartsWith("h2", StringComparison.OrdinalIgnoreCase)
            ? protocol
            : null;
    }

    /// <summary>What is wrong with a path, for people.</summary>
    public static string Describe(RequestPath.Fault fault) => fault switch
    {
        RequestPath.Fault.NotOriginForm => "The target must begin with '/'.",
        RequestPath.Fault.DotSegment => "The path has a dot segment. Send the path it leads to.",
        RequestPath.Fault.EncodedSeparator => "The path has an escaped separator (%2F or %5C), which services read differently. The option gateway.allowEncodedSlash lets it through.",
        RequestPath.Fault.EncodedNul => "The path has an escaped NUL.",
        RequestPath.Fault.BrokenEscape => "The path has a '%' that is not followed by two hexadecimal digits.",
        RequestPath.Fault.Backslash => "The path has a backslash.",
        RequestPath.Fault.Fragment => "The target has a fragment, which belongs to the client.",
        RequestPath.Fault.ControlOrNonAscii => "The path has a character outside visible ASCII. Escape it.",
        _ => "The path is not accepted.",
    };
}
