using Banyan.Wire.Http1;

namespace Banyan.Gateway.Exchanges;

/// <summary>The target of a request in origin-form, whatever form the client chose.</summary>
internal static class OriginTarget
{
    /// <summary>Bytes <see cref="Write"/> needs at most.</summary>
    public static int MaxLength(RequestHead head) => head.Target.Length + 2;

    /// <summary>Writes path and query; returns how much.</summary>
    public static int Write(ReadOnlySpan<byte> bytes, RequestHead head, Span<byte> to)
    {
        var path = head.PathOf(bytes);
        path.CopyTo(to);
        if (!head.HasQuery)
        {
            return path.Length;
        }

        to[path.Length] = (byte)'?';
        var query = head.Query.Of(bytes);
        query.CopyTo(to[(path.Length + 1)..]);
        return path.Length + 1 + query.Length;
    }
}
