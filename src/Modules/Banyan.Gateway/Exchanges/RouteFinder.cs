using System.Net;
using System.Text;
using Banyan.Gateway.Clusters;
using Banyan.Gateway.Failures;
using Banyan.Gateway.Routing;
using Banyan.Gateway.Routing.Actions;
using Banyan.Wire.Fields;
using Banyan.Wire.Http1;
using Banyan.Wire.Paths;

namespace Banyan.Gateway.Exchanges;

/// <summary>Asks the table of routes about a parsed head. One for each loop; allocates nothing but for a client behind a trusted proxy, and for failures.</summary>
internal sealed class RouteFinder(RouteTable routes, EngineOptions options, GatewayIdentity identity, TraceIds chance) : IFieldSource
{
    private readonly PathOptions _paths = new() { AllowEncodedSlash = options.AllowEncodedSlash };

    // As long as the longest head.
    private readonly byte[] _path = GC.AllocateUninitializedArray<byte>(options.MaxHead);
    private FieldTable _fields = new();
    private ulong _drawn;

    /// <summary>The value of the cookie to be set for the request found last (<see cref="StickyCookie"/>); 0 = none.</summary>
    public ulong Drawn => _drawn;

    /// <summary>What is said of a host that no route takes.</summary>
    public Func<string, Failure> Unrouted { get; set; } = static host =>
        new Failure(FailureReason.NoRoute, $"No route takes host '{host}' with this path. 'banyan explain route METHOD URL' says why.");

    /// <summary>Finds the route of a request and its service; or says why there is none.</summary>
    /// <param name="bytes">What the head was parsed from.</param>
    /// <param name="head">The client's head.</param>
    /// <param name="peer">The client.</param>
    /// <param name="now">Now, in ticks of 100 ns.</param>
    /// <param name="route">The route.</param>
    /// <param name="cluster">The service the route gives to this request.</param>
    /// <param name="entrance">What that service says of it.</param>
    public Failure Find(ReadOnlySpan<byte> bytes, RequestHead head, ClientPeer peer, long now, out Route? route, out ClusterState? cluster, out Entrance entrance)
    {
        entrance = default;
        _drawn = 0;
        route = null;
        cluster = null;
        if (routes.Current is not { } table)
        {
            return new Failure(FailureReason.GatewayNoRouteTable, "The table of routes has not been read yet. Try again.");
        }

        if (PathNormaliser.Normalise(head.PathOf(bytes), _path, _paths, out var path) is not PathFault.None and var fault)
        {
            return new Failure(FailureReason.ClientTargetRefused, PathFaults.Describe(fault).Words);
        }

        _fields = head.Fields;
        Span<byte> believed = stackalloc byte[16];
        var request = new RequestMatch
        {
            Method = head.MethodText.Of(bytes),
            Host = head.Authority.Of(bytes),
            Path = path,
            Query = head.Query.Of(bytes),
            Address = peer.IsTrusted && head.Fields.Has(FieldId.XForwardedFor) ? Believed(bytes, head.Fields, peer, believed) : peer.AddressBytes,
            Head = bytes,
            Fields = this,
        };
        route = table.Find(request);
        if (route is null)
        {
            return Unrouted(Encoding.Latin1.GetString(request.Host));
        }

        cluster = route.Split is { Cookie: not null } split ? Divide(split, request) : route.ClusterFor(request);
        if (!route.AnswersItself)
        {
            entrance = cluster.Enter(request, route, now);
        }

        return Failure.None;
    }

    /// <inheritdoc/>
    public bool TryGetField(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name, int occurrence, out ReadOnlySpan<byte> value)
    {
        var at = _fields.Find(head, name);
        for (; at >= 0 && occurrence > 0; occurrence--)
        {
            at = _fields.Find(head, name, at + 1);
        }

        value = at >= 0 ? _fields[at].Value.Of(head) : default;
        return at >= 0;
    }

    /// <summary>The client's address, through the proxies whose word is believed.</summary>
    public IPAddress? ClientOf(ReadOnlySpan<byte> bytes, FieldTable fields, ClientPeer peer) =>
        peer.IsTrusted && fields.Has(FieldId.XForwardedFor)
            ? identity.ClientAddress(peer.Address, Lines(bytes, fields))
            : peer.Address;

    private ClusterState Divide(TrafficSplit split, in RequestMatch request)
    {
        // 0 is none.
        _drawn = chance.Next() | 1;
        return split.Parts[split.PartOf(request, ref _drawn)].Cluster;
    }

    private static string[] Lines(ReadOnlySpan<byte> bytes, FieldTable fields)
    {
        var lines = new List<string>();
        for (var i = fields.Find(FieldId.XForwardedFor); i >= 0; i = fields.Find(FieldId.XForwardedFor, i + 1))
        {
            lines.Add(Encoding.Latin1.GetString(fields[i].Value.Of(bytes)));
        }

        return [.. lines];
    }

    private ReadOnlySpan<byte> Believed(ReadOnlySpan<byte> bytes, FieldTable fields, ClientPeer peer, Span<byte> to) =>
        ClientOf(bytes, fields, peer)?.TryWriteBytes(to, out var written) == true ? to[..written] : peer.AddressBytes;
}
