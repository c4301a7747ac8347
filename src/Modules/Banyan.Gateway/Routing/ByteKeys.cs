using System.Buffers.Binary;
using System.Numerics;

namespace Banyan.Gateway.Routing;

/// <summary>
/// Byte strings as keys of a dictionary that is asked with spans. The keys are what administrators declared, and requests only look up, so the hash needs no
/// secret.
/// </summary>
internal sealed class ByteKeys : IEqualityComparer<ByteText>, IAlternateEqualityComparer<ReadOnlySpan<byte>, ByteText>
{
    public static readonly ByteKeys Comparer = new();

    private const ulong Multiplier = 0x9E3779B97F4A7C15;

    public ByteText Create(ReadOnlySpan<byte> alternate) => new(alternate.ToArray());

    public bool Equals(ByteText x, ByteText y) => x.Equals(y.Span);

    public bool Equals(ReadOnlySpan<byte> alternate, ByteText other) => other.Equals(alternate);

    public int GetHashCode(ByteText obj) => GetHashCode(obj.Span);

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        var hash = (ulong)alternate.Length * Multiplier;
        while (alternate.Length >= sizeof(ulong))
        {
            hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(alternate));
            alternate = alternate[sizeof(ulong)..];
        }

        var rest = 0UL;
        foreach (var b in alternate)
        {
            rest = (rest << 8) | b;
        }

        hash = Mix(hash ^ rest);
        return (int)(hash >> 32);
    }

    private static ulong Mix(ulong value) => BitOperations.RotateLeft(value * Multiplier, 29) * Multiplier;
}
