using System.Net;
using System.Text;
using Banyan.Gateway.Policies;
using Banyan.Gateway.Routing;
using Microsoft.AspNetCore.Http;

namespace Banyan.Gateway.Forwarding;

/// <summary>Finds a request's key in the framework's form of it.</summary>
internal static class ContextKeys
{
    /// <summary>The hash of the key.</summary>
    public static ulong Of(RequestKeySource source, HttpContext context, Route route, GatewayIdentity identity) => source.Kind switch
    {
        RequestKeyKind.Client => RequestKeys.OfAddress(Client(context, identity)),
        RequestKeyKind.Route => RequestKeys.OfValue(Encoding.UTF8.GetBytes(route.Tag)),
        RequestKeyKind.Header => RequestKeys.OfValue(Encoding.Latin1.GetBytes(context.Request.Headers[source.Name].ToString())),
        RequestKeyKind.Cookie => RequestKeys.OfCookie(Encoding.Latin1.GetBytes(context.Request.Headers.Cookie.ToString()), Encoding.Latin1.GetBytes(source.Name)),
        _ => RequestKeys.Absent,
    };

    // The last address that no trusted proxy has: what stands before it, anybody could have written.
    private static IPAddress? Client(HttpContext context, GatewayIdentity identity)
    {
        var peer = context.Connection.RemoteIpAddress;
        if (!identity.Trusts(peer))
        {
            return peer;
        }

        var hops = context.Request.Headers["X-Forwarded-For"].ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        for (var i = hops.Length - 1; i >= 0 && IPAddress.TryParse(hops[i], out var hop); i--)
        {
            peer = hop;
            if (!identity.Trusts(hop))
            {
                break;
            }
        }

        return peer;
    }
}
