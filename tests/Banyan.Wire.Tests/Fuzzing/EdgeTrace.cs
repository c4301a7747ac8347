namespace Banyan.Wire.Tests.Fuzzing;

/// <summary>
/// Which ways through an instrumented assembly were taken, and how often. An edge is one block of code behind another one, as in AFL: a pair shares its place with another
/// one now and then. One trace for each load context and thread. Public because the instrumented assembly calls it.
/// </summary>
public static class EdgeTrace
{
    /// <summary>Places for edges.</summary>
    public const int Size = 1 << 16;

    // Of each thread: one trace for all of them is blurred when the tests run under a tool that measures coverage.
    [ThreadStatic]
    private static byte[]? _counts;

    [ThreadStatic]
    private static int _previous;

    /// <summary>What <see cref="EdgeInstrumentation"/> calls at the beginning of each block.</summary>
    public static void Reach(int block)
    {
        if (_counts is not { } counts)
        {
            return;
        }

        ref var count = ref counts[block ^ _previous];
        count += count < byte.MaxValue ? (byte)1 : (byte)0;

        // Moved, so that A behind B is another edge than B behind A.
        _previous = block >> 1;
    }

    /// <summary>Forgets what this thread reached; from here on it is traced.</summary>
    public static void Clear()
    {
        Array.Clear(_counts ??= new byte[Size]);
        _previous = 0;
    }

    /// <summary>Adds what was reached to what was seen: for each edge one bit for once, twice, 3, 4 to 7, 8 to 15, 16 to 31, 32 to 127 and more times.</summary>
    /// <returns>Edges never seen before, and whether anything was new.</returns>
    public static (int Edges, bool Any) AddTo(byte[] seen)
    {
        var edges = 0;
        var any = false;
        var counts = _counts.AsSpan();
        for (var at = Next(counts, 0); at < counts.Length; at = Next(counts, at + 1))
        {
            var bit = Class(counts[at]);
            edges += seen[at] == 0 ? 1 : 0;
            any |= (seen[at] & bit) == 0;
            seen[at] |= bit;
        }

        return (edges, any);
    }

    private static int Next(ReadOnlySpan<byte> counts, int from)
    {
        var next = counts[from..].IndexOfAnyExcept((byte)0);
        return next < 0 ? counts.Length : from + next;
    }

    private static byte Class(byte count) => count switch
    {
        1 => 1,
        2 => 2,
        3 => 4,
        < 8 => 8,
        < 16 => 16,
        < 32 => 32,
        < 128 => 64,
        _ => 128,
    };
}
