using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Banyan.Wire.Scanning;

/// <summary>Finds the byte that ends a field's value: the first control byte but the tab. One pass finds the line's end and proves the value clean.</summary>
internal static class ControlScan
{
    // By the two halves of a byte, as in TokenScan: control bytes have the high half 0 (but for the tab) or 1, or are 0x7F.
    private static Vector128<byte> Low => Vector128.Create(3, 3, 3, 3, 3, 3, 3, 3, 3, 2, 3, 3, 3, 3, 3, 0x83);

    private static Vector128<byte> High => Vector128.Create(1, 2, 0, 0, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0);

    /// <summary>The index of the first byte below 0x20 that is no tab, or of 0x7F; -1 when there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int IndexOfControl(ReadOnlySpan<byte> bytes)
    {
        // Most values end within the first vector.
        if (Avx2.IsSupported && bytes.Length >= Vector256<byte>.Count)
        {
            var found = Find32(ref MemoryMarshal.GetReference(bytes), 0);
            if (found != 0)
            {
                return BitOperations.TrailingZeroCount(found);
            }
        }

        return Search(bytes);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Search(ReadOnlySpan<byte> bytes)
    {
        ref var start = ref MemoryMarshal.GetReference(bytes);
        var at = 0;
        for (; Avx2.IsSupported && at <= bytes.Length - Vector256<byte>.Count; at += Vector256<byte>.Count)
        {
            var found = Find32(ref start, at);
            if (found != 0)
            {
                return at + BitOperations.TrailingZeroCount(found);
            }
        }

        for (; Vector128.IsHardwareAccelerated && at <= bytes.Length - Vector128<byte>.Count; at += Vector128<byte>.Count)
        {
            var found = Find16(ref start, at);
            if (found != 0)
            {
                return at + BitOperations.TrailingZeroCount(found);
            }
        }

        for (; at < bytes.Length; at++)
        {
            var value = Unsafe.Add(ref start, at);
            if ((value < 0x20 && value != '\t') || value == 0x7f)
            {
                return at;
            }
        }

        return -1;
    }

    // One bit for each control byte. One comparison only: with more, their results take a detour through mask registers.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Find32(ref byte start, int at)
    {
        var part = Vector256.LoadUnsafe(ref start, (nuint)at);
        var low = Avx2.Shuffle(Vector256.Create(Low, Low), part);
        var high = Avx2.Shuffle(Vector256.Create(High, High), (part >> 4) & Vector256.Create((byte)0x0f));
        return ~Vector256.Equals(low & high, Vector256<byte>.Zero).ExtractMostSignificantBits();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Find16(ref byte start, int at)
    {
        var part = Vector128.LoadUnsafe(ref start, (nuint)at);
        var low = Vector128.ShuffleNative(Low, part & Vector128.Create((byte)0x0f));
        var high = Vector128.ShuffleNative(High, (part >> 4) & Vector128.Create((byte)0x0f));
        return ~Vector128.Equals(low & high, Vector128<byte>.Zero).ExtractMostSignificantBits() & ushort.MaxValue;
    }
}
