namespace Banyan.Gateway.Exchanges;

/// <summary>The line <c>Date</c> of answers, written anew once a second. One for each loop.</summary>
internal sealed class DateField(TimeProvider clock)
{
    private const int ValueAt = 6;
    private const int ValueLength = 29;

    private readonly byte[] _line = "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n"u8.ToArray();
    private long _until = long.MinValue;

    /// <summary>The whole line with its end; valid until it is asked for again.</summary>
    public ReadOnlySpan<byte> Line
    {
        get
        {
            var now = clock.GetTimestamp();
            if (now >= _until)
            {
                _until = now + clock.TimestampFrequency;
                clock.GetUtcNow().TryFormat(_line.AsSpan(ValueAt, ValueLength), out _, "R");
            }

            return _line;
        }
    }
}
