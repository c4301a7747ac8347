using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Banyan.Gateway.Balancing;

/// <summary>
/// One 64-bit hash for keys of requests. With seed 0 it is the same in every process, which is what makes several gateways send one key to one instance; tables
/// that a client could flood give a secret seed.
/// </summary>
internal static class KeyHash
{
    private const ulong Step = 0x9E3779B97F4A7C15;

    /// <summary>Hashes bytes.</summary>
    public static ulong Of(ReadOnlySpan<byte> bytes, ulong seed = 0)
    {
        var hash = Mix(seed + Step * (ulong)(bytes.Length + 1));
        while (bytes.Length >= sizeof(ulong))
        {
            hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        ulong tail = 0;
        for (var i = bytes.Length - 1; i >= 0; i--)
        {
            tail = (tail << 8) | bytes[i];
        }

        return Mix(hash ^ tail);
    }

    /// <summary>Hashes the UTF-16 units of a text; not the same as hashing its UTF-8 bytes.</summary>
    public static ulong Of(ReadOnlySpan<char> text, ulong seed = 0) => Of(MemoryMarshal.AsBytes(text), seed);

    /// <summary>Spreads a number over all bits; one to one (the finaliser of SplitMix64: Steele, Lea, Flood 2014).</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    /// <summary>A number from 0 to <paramref name="count"/> - 1, all equally likely, from the upper bits.</summary>
    public static int Below(ulong random, int count) => (int)(((random >> 32) * (ulong)count) >> 32);

    /// <summary>A number from 0 up to, not including, 1.</summary>
    public static double Fraction(ulong random) => (random >> 11) * (1.0 / (1UL << 53));
}
