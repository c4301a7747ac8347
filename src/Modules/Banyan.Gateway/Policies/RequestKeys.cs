using Banyan.Gateway.Balancing;
using Banyan.Gateway.Routing;
using Banyan.Gateway.Routing.Actions;

namespace Banyan.Gateway.Policies;

/// <summary>Hashes the part of a request that a balancer or a limit goes by. The same part gives the same number in every gateway; never 0.</summary>
internal static class RequestKeys
{
    /// <summary>The key of a request that has no such part.</summary>
    public const ulong Absent = 1;

    private const int NetworkBytes = 8;

    /// <summary>The key of a request; where the part is missing, the client's address.</summary>
    public static ulong Of(KeySource source, in RequestMatch request)
    {
        var found = source.Read(request, out var key);
        return found && source.LooksAtFields ? OfValue(key) : OfAddress(key);
    }

    /// <summary>A value's key.</summary>
    public static ulong OfValue(ReadOnlySpan<byte> value) => value.IsEmpty ? Absent : NotZero(KeyHash.Of(value));

    /// <summary>A client's key: its address; of IPv6 the /64 network, which is what one client commonly has.</summary>
    /// <param name="address">4 or 16 bytes in network order; empty = none.</param>
    public static ulong OfAddress(ReadOnlySpan<byte> address)
    {
        ReadOnlySpan<byte> mapped = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];
        return OfValue(address.Length != 16 ? address : address.StartsWith(mapped) ? address[mapped.Length..] : address[..NetworkBytes]);
    }

    private static ulong NotZero(ulong hash) => hash == 0 ? Absent : hash;
}
