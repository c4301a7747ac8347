using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;

namespace Banyan.Gateway.Exchanges;

/// <summary>
/// Makes ids of traces for requests that bring none (W3C Trace Context). Unpredictable enough to be unique, not to be secret. One for each loop.
/// </summary>
internal sealed class TraceIds
{
    /// <summary>Bytes of a <c>traceparent</c> value of version 00.</summary>
    public const int Length = 55;

    private static readonly SearchValues<byte> LowerHex = SearchValues.Create("0123456789abcdef"u8);

    private readonly byte[] _id = new byte[24];
    private readonly byte[] _made = "00-00000000000000000000000000000000-0000000000000000-00"u8.ToArray();
    private ulong _first;
    private ulong _second;

    /// <summary>Starts from the given chance.</summary>
    public TraceIds(Random random)
    {
        _first = (ulong)random.NextInt64() | 1;
        _second = (ulong)random.NextInt64();
    }

    /// <summary>A <c>traceparent</c> that says a new trace begins here and is not sampled; valid until the next call.</summary>
    public ReadOnlySpan<byte> Make()
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_id, Next());
        BinaryPrimitives.WriteUInt64LittleEndian(_id.AsSpan(8), Next());

        // An id of zeros is none.
        BinaryPrimitives.WriteUInt64LittleEndian(_id.AsSpan(16), Next() | 1);
        Convert.TryToHexStringLower(_id.AsSpan(0, 16), _made.AsSpan(3, 32), out _);
        Convert.TryToHexStringLower(_id.AsSpan(16), _made.AsSpan(36, 16), out _);
        return _made;
    }

    /// <summary>True when a value can be continued: version, trace, span and flags in lower-case hexadecimal digits, neither id zero.</summary>
    public static bool IsValid(ReadOnlySpan<byte> value) =>
        value.Length >= Length
        && value[2] == '-' && value[35] == '-' && value[52] == '-'
        && (value.Length == Length || (!value[..2].SequenceEqual("00"u8) && value[Length] == '-'))
        && !value[..2].SequenceEqual("ff"u8)
        && IsHex(value[..2]) && IsHex(value[3..35]) && IsHex(value[36..52]) && IsHex(value[53..55])
        && value[3..35].ContainsAnyExcept((byte)'0') && value[36..52].ContainsAnyExcept((byte)'0');

    private static bool IsHex(ReadOnlySpan<byte> digits) => !digits.ContainsAnyExcept(LowerHex);

    // xoroshiro128+ by Blackman and Vigna.
    private ulong Next()
    {
        var result = _first + _second;
        var mixed = _second ^ _first;
        _first = BitOperations.RotateLeft(_first, 24) ^ mixed ^ (mixed << 16);
        _second = BitOperations.RotateLeft(mixed, 37);
        return result;
    }
}
