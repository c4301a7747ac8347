using Banyan.Wire.Scanning;

namespace Banyan.Wire.Fields;

/// <summary>The field grpc-timeout: how long a call may take (gRPC over HTTP/2, "Requests").</summary>
public static class GrpcTimeout
{
    private const int MaxDigits = 8;

    /// <summary>Reads a value as <c>250m</c>: one to eight digits and H, M, S, m, u or n. Less than 100 ns is read as 100 ns.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, out TimeSpan time)
    {
        time = default;
        if (value.Length is < 2 or > MaxDigits + 1 || !Grammar.TryReadNumber(value[..^1], out var number))
        {
            return false;
        }

        long? ticks = value[^1] switch
        {
            (byte)'H' => number * TimeSpan.TicksPerHour,
            (byte)'M' => number * TimeSpan.TicksPerMinute,
            (byte)'S' => number * TimeSpan.TicksPerSecond,
            (byte)'m' => number * TimeSpan.TicksPerMillisecond,
            (byte)'u' => number * TimeSpan.TicksPerMicrosecond,
            (byte)'n' => number / TimeSpan.NanosecondsPerTick,
            _ => null,
        };
        time = TimeSpan.FromTicks(Math.Max(1, ticks ?? 1));
        return ticks is not null;
    }
}
