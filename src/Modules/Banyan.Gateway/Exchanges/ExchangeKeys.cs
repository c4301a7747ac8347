using System.Text;
using Banyan.Gateway.Policies;
using Banyan.Gateway.Routing;
using Banyan.Wire.Fields;
using Banyan.Wire.Http1;

namespace Banyan.Gateway.Exchanges;

/// <summary>Finds a request's key, for limits and hashing balancers, in its parsed head.</summary>
internal static class ExchangeKeys
{
    private const int MaxName = 256;

    /// <summary>The hash of the key.</summary>
    public static ulong Of(RequestKeySource source, ReadOnlySpan<byte> bytes, RequestHead head, ClientPeer peer, Route route, RouteFinder finder)
    {
        if (source.Kind == RequestKeyKind.Client)
        {
            return RequestKeys.OfAddress(finder.ClientOf(bytes, head.Fields, peer));
        }

        var text = source.Kind == RequestKeyKind.Route ? route.Tag : source.Name;
        Span<byte> name = text.Length <= MaxName ? stackalloc byte[MaxName * 3] : new byte[text.Length * 3];
        name = name[..Encoding.UTF8.GetBytes(text, name)];
        return source.Kind switch
        {
            RequestKeyKind.Route => RequestKeys.OfValue(name),
            RequestKeyKind.Header when head.Fields.Find(bytes, name) is >= 0 and var at => RequestKeys.OfValue(head.Fields[at].Value.Of(bytes)),
            RequestKeyKind.Cookie => RequestKeys.OfCookie(head.Fields.Value(bytes, FieldId.Cookie), name),
            _ => RequestKeys.Absent,
        };
    }
}
