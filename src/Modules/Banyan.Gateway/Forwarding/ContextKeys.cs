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
        RequestKeyKind.Client => RequestKeys.OfAddress(identity.ClientAddress(context.Connection.RemoteIpAddress, context.Request.Headers["X-Forwarded-For"])),
        RequestKeyKind.Route => RequestKeys.OfValue(Encoding.UTF8.GetBytes(route.Tag)),
        RequestKeyKind.Header => RequestKeys.OfValue(Encoding.Latin1.GetBytes(context.Request.Headers[source.Name].ToString())),
        RequestKeyKind.Cookie => RequestKeys.OfCookie(Encoding.Latin1.GetBytes(context.Request.Headers.Cookie.ToString()), Encoding.Latin1.GetBytes(source.Name)),
        _ => RequestKeys.Absent,
    };
}
