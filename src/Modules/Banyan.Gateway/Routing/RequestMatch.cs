namespace Banyan.Gateway.Routing;

/// <summary>What routes look at, as spans over the received head. Nothing of it is kept.</summary>
internal readonly ref struct RequestMatch
{
    /// <summary>The method as received.</summary>
    public ReadOnlySpan<byte> Method { get; init; }

    /// <summary>The authority as received: port, root dot and upper case allowed.</summary>
    public ReadOnlySpan<byte> Host { get; init; }

    /// <summary>The path in normal form, see <see cref="Wire.Paths.PathNormaliser"/>.</summary>
    public ReadOnlySpan<byte> Path { get; init; }

    /// <summary>The query as received, without the question mark.</summary>
    public ReadOnlySpan<byte> Query { get; init; }

    /// <summary>The client's address in network order, 4 or 16 bytes; the one believed after <c>trustedProxies</c>. Empty when there is none (Unix sockets).</summary>
    public ReadOnlySpan<byte> Address { get; init; }

    /// <summary>The received head, for sources of fields that hold offsets into it; empty when <see cref="Fields"/> needs none.</summary>
    public ReadOnlySpan<byte> Head { get; init; }

    /// <summary>The header fields; null = none. Only asked when <see cref="RouteSnapshot.LooksAtFields"/>.</summary>
    public IFieldSource? Fields { get; init; }
}
