using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Banyan.Wire.Scanning;

/// <summary>Finds the byte that ends a field's value: the first control byte but the tab. One pass finds the line's end and proves the value clean.</summary>
internal static class ControlScan
{
    /// <summary>The index of the first byte below 0x20 that is no tab, or of 0x7F; -1 when there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int IndexOfControl(ReadOnlySpan<byte> bytes)
    {
        // Most values end within the first vector.
        if (Vector256.IsHardwareAccelerated && bytes.Length >= Vector256<byte>.Count)
        {
            var found = Controls(Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(bytes))).ExtractMostSignificantBits();
            if (found != 0)
            {
                return BitOperations.TrailingZeroCount(found);
            }
        }

        return Search(bytes);
    }

    private static int Search(ReadOnlySpan<byte> bytes)
    {
        ref var start = ref MemoryMarshal.GetReference(bytes);
        var at = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; at <= bytes.Length - Vector256<byte>.Count; at += Vector256<byte>.Count)
            {
                var found = Controls(Vector256.LoadUnsafe(ref start, (nuint)at)).ExtractMostSignificantBits();
                if (found != 0)
                {
                    return at + BitOperations.TrailingZeroCount(found);
                }
            }
        }

        if (Vector128.IsHardwareAccelerated)
        {
            for (; at <= bytes.Length - Vector128<byte>.Count; at += Vector128<byte>.Count)
            {
                var found = Controls(Vector128.LoadUnsafe(ref start, (nuint)at)).ExtractMostSignificantBits();
                if (found != 0)
                {
                    return at + BitOperations.TrailingZeroCount(found);
                }
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

    private static Vector256<byte> Controls(Vector256<byte> bytes) =>
        Vector256.AndNot(Vector256.LessThan(bytes, Vector256.Create((byte)0x20)), Vector256.Equals(bytes, Vector256.Create((byte)'\t')))
        | Vector256.Equals(bytes, Vector256.Create((byte)0x7f));

    private static Vector128<byte> Controls(Vector128<byte> bytes) =>
        Vector128.AndNot(Vector128.LessThan(bytes, Vector128.Create((byte)0x20)), Vector128.Equals(bytes, Vector128.Create((byte)'\t')))
        | Vector128.Equals(bytes, Vector128.Create((byte)0x7f));
}
