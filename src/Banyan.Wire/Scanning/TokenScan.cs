using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Banyan.Wire.Scanning;

/// <summary>
/// Finds the byte that ends a token. Field names are shorter than one vector nearly always, so a general search spends more on its start than on its work.
/// </summary>
internal static class TokenScan
{
    // Sixteen bytes are looked up at once by their two halves: Low has for each low half a bit per high half, High has the bit of each high half.
    private static readonly Vector128<byte> Low = Halves();

    private static Vector128<byte> High => Vector128.Create(1, 2, 4, 8, 16, 32, 64, 128, 0, 0, 0, 0, 0, 0, 0, 0);

    /// <summary>The index of the first byte that no token has; -1 when there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int IndexOfEnd(ReadOnlySpan<byte> bytes)
    {
        if (Vector128.IsHardwareAccelerated && bytes.Length >= Vector128<byte>.Count)
        {
            var part = Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(bytes));
            var known = Vector128.ShuffleNative(Low, part & Vector128.Create((byte)0x0f)) & Vector128.ShuffleNative(High, part >> 4);
            var others = Vector128.Equals(known, Vector128<byte>.Zero).ExtractMostSignificantBits();
            if (others != 0)
            {
                return BitOperations.TrailingZeroCount(others);
            }
        }

        return bytes.IndexOfAnyExcept(Grammar.Token);
    }

    private static Vector128<byte> Halves()
    {
        Span<byte> low = stackalloc byte[Vector128<byte>.Count];
        for (var value = 0; value < 0x80; value++)
        {
            if (Grammar.Token.Contains((byte)value))
            {
                low[value & 0x0f] |= (byte)(1 << (value >> 4));
            }
        }

        return Vector128.Create<byte>(low);
    }
}
