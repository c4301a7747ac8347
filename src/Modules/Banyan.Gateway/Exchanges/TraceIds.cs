using System.Numerics;
using Banyan.Wire.Tracing;

namespace Banyan.Gateway.Exchanges;

/// <summary>Makes ids of traces for requests that bring none. Unpredictable enough to be unique, not to be secret. One for each loop.</summary>
internal sealed class TraceIds
{
    private readonly byte[] _made = new byte[TraceParent.Length];
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
        // An id of zeros is none.
        new TraceParent(Next(), Next() | 1, Next() | 1, 0).Write(_made);
        return _made;
    }

    /// <summary>The next 64 bits of chance.</summary>
    public ulong Next()
    {
        // xoroshiro128+ by Blackman and Vigna.
        var result = _first + _second;
        var mixed = _second ^ _first;
        _first = BitOperations.RotateLeft(_first, 24) ^ mixed ^ (mixed << 16);
        _second = BitOperations.RotateLeft(mixed, 37);
        return result;
    }
}
