using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Banyan.Gateway.Routing.Actions;

/// <summary>
/// SipHash-2-4 (Aumasson and Bernstein, 2012) under a key made from a salt: two salts give independent numbers, and who does not know the salt cannot choose
/// identities that fall to one side.
/// </summary>
internal readonly struct KeyedHash
{
    private readonly ulong _key0;
    private readonly ulong _key1;

    /// <summary>A hash with the first 16 bytes of SHA-256 of the salt as its key.</summary>
    public KeyedHash(string salt)
    {
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(salt));
        _key0 = BinaryPrimitives.ReadUInt64LittleEndian(digest);
        _key1 = BinaryPrimitives.ReadUInt64LittleEndian(digest.AsSpan(8));
    }

    /// <summary>A hash with this key.</summary>
    public KeyedHash(ulong key0, ulong key1)
    {
        _key0 = key0;
        _key1 = key1;
    }

    /// <summary>The hash of a value.</summary>
    public ulong Of(ReadOnlySpan<byte> value)
    {
        var v0 = _key0 ^ 0x736f6d6570736575;
        var v1 = _key1 ^ 0x646f72616e646f6d;
        var v2 = _key0 ^ 0x6c7967656e657261;
        var v3 = _key1 ^ 0x7465646279746573;
        var last = (ulong)value.Length << 56;
        for (; value.Length >= 8; value = value[8..])
        {
            Absorb(BinaryPrimitives.ReadUInt64LittleEndian(value), ref v0, ref v1, ref v2, ref v3);
        }

        for (var i = 0; i < value.Length; i++)
        {
            last |= (ulong)value[i] << (8 * i);
        }

        Absorb(last, ref v0, ref v1, ref v2, ref v3);
        v2 ^= 0xff;
        for (var i = 0; i < 4; i++)
        {
            Round(ref v0, ref v1, ref v2, ref v3);
        }

        return v0 ^ v1 ^ v2 ^ v3;
    }

    private static void Absorb(ulong word, ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v3 ^= word;
        Round(ref v0, ref v1, ref v2, ref v3);
        Round(ref v0, ref v1, ref v2, ref v3);
        v0 ^= word;
    }

    private static void Round(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v0 += v1;
        v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
        v0 = BitOperations.RotateLeft(v0, 32);
        v2 += v3;
        v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
        v2 = BitOperations.RotateLeft(v2, 32);
    }
}
