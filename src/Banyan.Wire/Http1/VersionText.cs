using System.Buffers.Binary;

namespace Banyan.Wire.Http1;

/// <summary>The version as it is written in a start line (RFC 9112 section 2.3): eight bytes, read as the number they are.</summary>
internal static class VersionText
{
    public const int Length = 8;

    private const ulong Http11 = 0x312e312f50545448;
    private const ulong Http10 = 0x302e312f50545448;

    /// <summary>Reads the first eight bytes, which must be there.</summary>
    /// <returns>False when they are neither of the versions spoken; the version is 1.1 then.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out HttpRelease version)
    {
        var text = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        version = text == Http10 ? HttpRelease.Http10 : HttpRelease.Http11;
        return text is Http11 or Http10;
    }
}
