using System.Collections.Frozen;

namespace Banyan.Grpc.Protocol;

/// <summary>Metadata to and from header lines.</summary>
internal static class MetadataCoding
{
    // Headers that the protocol itself reads or writes: never shown as metadata, never set by it.
    private static readonly FrozenSet<string> ProtocolHeaders = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        GrpcHeaders.Timeout, GrpcHeaders.Encoding, GrpcHeaders.AcceptEncoding, GrpcHeaders.Status, GrpcHeaders.Message, GrpcHeaders.StatusDetails,
        GrpcHeaders.Te, "grpc-message-type", "content-type", "content-length", "host", "connection", "transfer-encoding", "keep-alive", "upgrade",
        "proxy-connection");

    public static bool IsProtocolHeader(string name) => ProtocolHeaders.Contains(name) || name.StartsWith(':');

    /// <summary>Adds one received header line. Several binary values may be joined by commas, with or without padding.</summary>
    /// <exception cref="GrpcException">A binary value is not base64.</exception>
    public static void AddReceived(GrpcMetadata metadata, string name, string value)
    {
        if (IsProtocolHeader(name))
        {
            return;
        }

        name = name.ToLowerInvariant();
        if (!name.EndsWith(GrpcMetadata.BinarySuffix, StringComparison.Ordinal))
        {
            metadata.AddUnchecked(name, value);
            return;
        }

        foreach (var range in value.AsSpan().Split(','))
        {
            metadata.AddUnchecked(
                name,
                TryDecode(value.AsSpan()[range], out var bytes)
                    ? bytes
                    : throw new GrpcException(StatusCode.Internal, $"Metadata '{name}' is not base64, as a key that ends in '-bin' must be."));
        }
    }

    public static bool TryDecode(ReadOnlySpan<char> base64, out byte[] bytes)
    {
        base64 = base64.Trim().TrimEnd('=');
        bytes = [];
        if (base64.Length % 4 == 1)
        {
            return false;
        }

        Span<char> padded = base64.Length <= 512 ? stackalloc char[516] : new char[base64.Length + 3];
        base64.CopyTo(padded);
        padded = padded[..((base64.Length + 3) / 4 * 4)];
        padded[base64.Length..].Fill('=');
        var buffer = new byte[padded.Length / 4 * 3];
        if (!Convert.TryFromBase64Chars(padded, buffer, out var written))
        {
            return false;
        }

        bytes = written == buffer.Length ? buffer : buffer[..written];
        return true;
    }
}
