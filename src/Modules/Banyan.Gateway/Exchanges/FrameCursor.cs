namespace Banyan.Gateway.Exchanges;

/// <summary>Follows the frames of one direction of a WebSocket (RFC 6455 section 5.2), so that a frame of our own can be put between two of theirs.</summary>
internal struct FrameCursor
{
    private const int ShortHead = 2;

    private long _payloadLeft;
    private int _headRead;
    private int _headLength;
    private int _lengthBytes;
    private long _length;

    /// <summary>True between two frames.</summary>
    public readonly bool IsBetween => _payloadLeft == 0 && _headRead == 0;

    /// <summary>Goes over these bytes, at most to the end of the frame that is running; returns how many those are.</summary>
    public int Pass(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (at < bytes.Length && _payloadLeft == 0)
        {
            TakeHead(bytes[at++]);
            if (_headRead == 0 && _payloadLeft == 0)
            {
                return at;
            }
        }

        var payload = (int)Math.Min(_payloadLeft, bytes.Length - at);
        _payloadLeft -= payload;
        return at + payload;
    }

    private void TakeHead(byte value)
    {
        switch (_headRead++)
        {
            case 0:
                return;
            case 1:
                _lengthBytes = (value & 0x7f) switch { 126 => 2, 127 => 8, _ => 0 };
                _length = _lengthBytes == 0 ? value & 0x7f : 0;
                _headLength = ShortHead + _lengthBytes + ((value & 0x80) != 0 ? 4 : 0);
                break;
            case var index when index < ShortHead + _lengthBytes:
                // The highest bit is never set; a peer that sets it is past following anyhow.
                _length = ((_length << 8) | value) & long.MaxValue;
                break;
        }

        if (_headRead == _headLength)
        {
            _headRead = 0;
            _payloadLeft = _length;
        }
    }
}
