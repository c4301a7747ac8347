using System.Net;
using System.Text;
using Banyan.Gateway.Clusters;
using Banyan.Gateway.Policies;
using Banyan.Gateway.Routing;
using Microsoft.AspNetCore.Http;
using Route = Banyan.Gateway.Routing.Route;

namespace Banyan.Gateway.Forwarding;

/// <summary>Asks the table, which works on bytes, about a request of the framework's server.</summary>
internal sealed class RouteLookup(RouteTable routes, GatewayOptions options, GatewayIdentity identity, TimeProvider clock)
{
    /// <summary>The route of a request and its service; or why there is none.</summary>
    /// <param name="context">The request.</param>
    /// <param name="target">Its raw target in origin-form.</param>
    /// <param name="route">Its route.</param>
    /// <param name="cluster">The service the route gives to this request.</param>
    /// <param name="entrance">What that service says of it.</param>
    public Failure Find(HttpContext context, string target, out Route? route, out ClusterState? cluster, out Entrance entrance)
    {
        entrance = default;
        route = null;
        cluster = null;
        if (routes.Current is not { } table)
        {
            return new Failure(FailureReason.GatewayNoRouteTable, "The table of routes has not been read yet. Try again.");
        }

        var raw = RequestPath.WithoutQuery(target);
        Span<char> buffer = raw.Length <= 512 ? stackalloc char[512] : new char[raw.Length];
        if (RequestPath.TryNormalise(raw, buffer, options.AllowEncodedSlash, out var path) is not RequestPath.Fault.None and var fault)
        {
            return new Failure(FailureReason.ClientTargetRefused, Admission.Describe(fault));
        }

        var host = context.Request.Host.Value ?? string.Empty;
        var method = context.Request.Method;
        var query = target.AsSpan(Math.Min(raw.Length + 1, target.Length));
        var length = host.Length + method.Length + path.Length + query.Length;
        var bytes = length <= 1024 ? stackalloc byte[1024] : new byte[length];
        Span<byte> address = stackalloc byte[16];
        var request = new RequestMatch
        {
            Method = Write(method, ref bytes),
            Host = Write(host, ref bytes),
            Path = Write(path, ref bytes),
            Query = Write(query, ref bytes),
            Address = identity.ClientAddress(context.Connection.RemoteIpAddress, context.Request.Headers["X-Forwarded-For"])?.TryWriteBytes(address, out var written) == true ? address[..written] : [],
            Fields = new HeaderFields(context.Request.Headers),
        };
        route = table.Find(request);
        cluster = route?.ClusterFor(request);
        if (route is { AnswersItself: false })
        {
            entrance = cluster!.Enter(request, route, clock.NowTicks());
        }

        return route is null
            ? new Failure(FailureReason.NoRoute, $"No route takes host '{host}' with this path. 'banyan explain route METHOD URL' says why.")
            : Failure.None;
    }

    // Latin-1: what the server decoded from other bytes above 127 matches nothing that can be declared.
    private static ReadOnlySpan<byte> Write(ReadOnlySpan<char> text, ref Span<byte> to)
    {
        var written = Encoding.Latin1.GetBytes(text, to);
        var own = to[..written];
        to = to[written..];
        return own;
    }

    private sealed class HeaderFields(IHeaderDictionary headers) : IFieldSource
    {
        public bool TryGetField(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name, int occurrence, out ReadOnlySpan<byte> value)
        {
            var lines = headers[Encoding.ASCII.GetString(name)];
            value = occurrence < lines.Count ? Encoding.Latin1.GetBytes((lines[occurrence] ?? string.Empty).Trim(' ', '\t')) : [];
            return occurrence < lines.Count;
        }
    }
}
