using System.Net;
using System.Net.Sockets;
using Banyan.Gateway.Balancing;

namespace Banyan.Gateway.Policies;

/// <summary>Hashes the parts of requests that can be keys. The same part gives the same number on every transport and in every gateway; never 0.</summary>
internal static class RequestKeys
{
    /// <summary>What all requests without the part have in common.</summary>
    public const ulong Absent = 1;

    private const int NetworkBytes = 8;

    /// <summary>A client's address; of IPv6 the /64 network.</summary>
    public static ulong OfAddress(IPAddress? address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (address is null || !(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).TryWriteBytes(bytes, out var length))
        {
            return Absent;
        }

        return NotZero(KeyHash.Of(address.AddressFamily == AddressFamily.InterNetworkV6 && length > NetworkBytes ? bytes[..NetworkBytes] : bytes[..length]));
    }

    /// <summary>A field's value, or a route's name, as bytes; empty = absent.</summary>
    public static ulong OfValue(ReadOnlySpan<byte> value) => value.IsEmpty ? Absent : NotZero(KeyHash.Of(value));

    /// <summary>The value of one cookie in a <c>Cookie</c> field (RFC 6265 section 4.2.1).</summary>
    public static ulong OfCookie(ReadOnlySpan<byte> field, ReadOnlySpan<byte> name)
    {
        while (!field.IsEmpty)
        {
            var end = field.IndexOf((byte)';');
            var pair = (end < 0 ? field : field[..end]).Trim((byte)' ');
            if (pair.Length > name.Length && pair[name.Length] == (byte)'=' && pair.StartsWith(name))
            {
                return OfValue(pair[(name.Length + 1)..]);
            }

            field = end < 0 ? default : field[(end + 1)..];
        }

        return Absent;
    }

    private static ulong NotZero(ulong hash) => hash == 0 ? Absent : hash;
}
