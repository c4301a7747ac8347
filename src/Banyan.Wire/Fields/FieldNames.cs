using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Banyan.Wire.Scanning;

namespace Banyan.Wire.Fields;

/// <summary>
/// The names of <see cref="FieldId"/>, and the way from a name to its id: a hash of the length and three bytes that no two known names share, then one comparison.
/// </summary>
public static class FieldNames
{
    // One name occupies this many bytes of Lower, padded by zeros.
    private const int Stride = 32;

    // In the order of FieldId, in the case they are usually written in.
    private static readonly string[] Names =
    [
        "",
        "Accept",
        "Accept-Encoding",
        "Accept-Language",
        "Accept-Ranges",
        "Age",
        "Alt-Svc",
        "Authorization",
        "Cache-Control",
        "Connection",
        "Content-Disposition",
        "Content-Encoding",
        "Content-Language",
        "Content-Length",
        "Content-Location",
        "Content-Range",
        "Content-Type",
        "Cookie",
        "Date",
        "ETag",
        "Expect",
        "Expires",
        "Forwarded",
        "grpc-timeout",
        "Host",
        "HTTP2-Settings",
        "Idempotency-Key",
        "If-Match",
        "If-Modified-Since",
        "If-None-Match",
        "If-Range",
        "Keep-Alive",
        "Last-Modified",
        "Location",
        "Max-Forwards",
        "Origin",
        "Priority",
        "Proxy-Authenticate",
        "Proxy-Authorization",
        "Proxy-Connection",
        "Proxy-Status",
        "Range",
        "Referer",
        "Retry-After",
        "Sec-WebSocket-Accept",
        "Sec-WebSocket-Extensions",
        "Sec-WebSocket-Key",
        "Sec-WebSocket-Protocol",
        "Sec-WebSocket-Version",
        "Server",
        "Set-Cookie",
        "TE",
        "traceparent",
        "tracestate",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
        "User-Agent",
        "Vary",
        "Via",
        "WWW-Authenticate",
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "X-Forwarded-Proto",
    ];

    private static readonly byte[] Slots = new byte[256];
    private static readonly byte[] Lengths = new byte[64];
    private static readonly byte[] Lower = new byte[64 * Stride];
    private static readonly byte[][] Written = Fill();

    /// <summary>The id of a name in any case. <paramref name="name"/> must consist of token bytes only.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static FieldId Identify(ReadOnlySpan<byte> name)
    {
        if (name.Length is < 2 or > Stride)
        {
            return FieldId.Unknown;
        }

        var id = Slots[Hash(name)];
        return Lengths[id] == name.Length && IsLower(name, id) ? (FieldId)id : FieldId.Unknown;
    }

    /// <summary>The usual way to write a known name; empty for <see cref="FieldId.Unknown"/>.</summary>
    public static ReadOnlySpan<byte> Text(FieldId id) => Written[(int)id];

    // The factors were found by trial: they give each known name a slot of its own. A new name needs new ones (a test fails until then).
    internal static int Hash(ReadOnlySpan<byte> name) =>
        ((name.Length * 10) + ((name[0] | 0x20) * 152) + ((name[^1] | 0x20) * 28) + ((name[name.Length >> 1] | 0x20) * 123)) & 0xff;

    // Among token bytes, setting bit 5 maps nothing but upper-case letters onto letters, digits and hyphens.
    private static bool IsLower(ReadOnlySpan<byte> name, int id)
    {
        ref var written = ref MemoryMarshal.GetReference(name);
        ref var lower = ref Lower[id * Stride];
        var length = name.Length;
        if (length < sizeof(ulong))
        {
            return length < sizeof(uint)
                ? Grammar.IsNamed(name, Lower.AsSpan(id * Stride, length))
                : !DifferShort(ref written, ref lower, 0) && !DifferShort(ref written, ref lower, length - sizeof(uint));
        }

        for (var at = 0; at < length - sizeof(ulong); at += sizeof(ulong))
        {
            if (Differ(ref written, ref lower, at))
            {
                return false;
            }
        }

        return !Differ(ref written, ref lower, length - sizeof(ulong));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Differ(ref byte written, ref byte lower, int at) =>
        (Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref written, at)) | 0x2020202020202020) != Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref lower, at));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool DifferShort(ref byte written, ref byte lower, int at) =>
        (Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref written, at)) | 0x20202020) != Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref lower, at));

    private static byte[][] Fill()
    {
        var written = new byte[Names.Length][];
        for (var id = 0; id < Names.Length; id++)
        {
            written[id] = Encoding.ASCII.GetBytes(Names[id]);
            if (id > 0)
            {
                Encoding.ASCII.GetBytes(Names[id].ToLowerInvariant(), Lower.AsSpan(id * Stride));
                Lengths[id] = (byte)Names[id].Length;
                Slots[Hash(written[id])] = (byte)id;
            }
        }

        return written;
    }
}
