using Banyan.Wire.Fields;
using Banyan.Wire.Scanning;

namespace Banyan.Wire.Http1;

/// <summary>
/// Takes the chunked coding off a body (RFC 9112 section 7.1), strictly and in place. One decoder for one body; copy-free and without buffers of its own.
/// </summary>
/// <remarks>
/// <code>
///  size ─(;)─▶ extension ──▶ size end ──▶ data ──▶ data end ─┐
///   ▲ └───────────────────────▲  └─(0)─▶ trailers ──▶ ended  │
///   └────────────────────────────────────────────────────────┘
/// </code>
/// </remarks>
public struct ChunkedDecoder
{
    private const int MaxDigits = 16;

    private readonly ChunkLimits? _limits;
    private State _state;
    private byte _digits;
    private int _extensionBytes;
    private long _left;

    /// <summary>A decoder at the start of a body.</summary>
    public ChunkedDecoder(ChunkLimits limits) => _limits = limits;

    private enum State : byte
    {
        Size,
        ExtensionName,
        ExtensionNameRest,
        ExtensionValue,
        ExtensionToken,
        ExtensionQuoted,
        ExtensionEscape,
        ExtensionEnd,
        SizeEnd,
        Data,
        DataEnd,
        DataLineFeed,
        Trailers,
        Ended,
        Refused,
    }

    /// <summary>Why the body was refused.</summary>
    public WireFault Fault { get; private set; }

    /// <summary>Bytes of data given out so far.</summary>
    public long DataBytes { get; private set; }

    /// <summary>True when the body ended, trailers included.</summary>
    public readonly bool IsEnded => _state == State.Ended;

    private readonly ChunkLimits Limits => _limits ?? ChunkLimits.Default;

    /// <summary>
    /// Reads on. Call again with what follows the consumed bytes until it says <see cref="ChunkStep.NeedMore"/> or the body ends. The trailer section is consumed as
    /// a whole: until its end came, give the same bytes again with more.
    /// </summary>
    /// <param name="bytes">What is there of the body and was not consumed.</param>
    /// <param name="trailers">Receives the trailer fields with <see cref="ChunkStep.End"/>, as offsets into these very bytes. Those that must not be passed on are marked.</param>
    /// <param name="consumed">How many bytes are done with, the data included.</param>
    /// <param name="data">With <see cref="ChunkStep.Data"/>, where in these bytes the data are.</param>
    public ChunkStep Read(ReadOnlySpan<byte> bytes, FieldTable trailers, out int consumed, out Slice data)
    {
        data = default;
        for (consumed = 0; consumed < bytes.Length; consumed++)
        {
            switch (_state)
            {
                case State.Data:
                    data = new Slice(consumed, (int)Math.Min(_left, bytes.Length - consumed));
                    consumed += data.Length;
                    DataBytes += data.Length;
                    _left -= data.Length;
                    _state = _left == 0 ? State.DataEnd : State.Data;
                    return ChunkStep.Data;
                case State.Trailers:
                    return ReadTrailers(bytes, trailers, ref consumed);
                case State.Ended:
                    return ChunkStep.End;
                case State.Refused:
                    return ChunkStep.Refused;
                case var _ when !Take(bytes[consumed]):
                    return Refuse(Fault);
            }
        }

        return _state switch
        {
            State.Ended => ChunkStep.End,
            State.Refused => ChunkStep.Refused,
            _ => ChunkStep.NeedMore,
        };
    }

    // One byte around the data: of a size line, or of the end of data.
    private bool Take(byte value) => _state switch
    {
        State.Size => TakeSize(value),
        State.SizeEnd => Expect(value, '\n', _left == 0 ? State.Trailers : State.Data, WireFault.ChunkSizeInvalid),
        State.DataEnd => Expect(value, '\r', State.DataLineFeed, WireFault.ChunkEndInvalid),
        State.DataLineFeed => Expect(value, '\n', State.Size, WireFault.ChunkEndInvalid),
        _ => TakeExtension(value),
    };

    private bool Expect(byte value, char expected, State next, WireFault otherwise)
    {
        if (value != expected)
        {
            Fault = otherwise;
            return false;
        }

        _state = next;
        _digits = 0;
        return true;
    }

    private bool TakeSize(byte value)
    {
        var digit = HexDigit(value);
        if (digit >= 0)
        {
            if (_digits == 0)
            {
                _left = 0;
            }

            if (++_digits > MaxDigits)
            {
                Fault = WireFault.ChunkSizeInvalid;
                return false;
            }

            // The seventeenth digit was refused; of sixteen, the first may only be 0 to 7.
            if (_left > long.MaxValue >> 4)
            {
                Fault = WireFault.ChunkSizeTooLarge;
                return false;
            }

            _left = (_left << 4) | (uint)digit;
            return true;
        }

        if (_digits > 0 && (value is (byte)'\r' or (byte)';'))
        {
            _state = value == ';' ? State.ExtensionName : State.SizeEnd;
            return true;
        }

        Fault = WireFault.ChunkSizeInvalid;
        return false;
    }

    // ;name, ;name=token or ;name="quoted", any number of them, without blanks (RFC 9112 section 7.1.1 allows bad ones). Read, counted and thrown away.
    private bool TakeExtension(byte value)
    {
        if (++_extensionBytes > Limits.MaxExtensionBytes)
        {
            Fault = WireFault.ChunkExtensionTooLong;
            return false;
        }

        State? next = _state switch
        {
            State.ExtensionName => IsToken(value) ? State.ExtensionNameRest : null,
            State.ExtensionNameRest when IsToken(value) => State.ExtensionNameRest,
            State.ExtensionNameRest when value == '=' => State.ExtensionValue,
            State.ExtensionValue when value == '"' => State.ExtensionQuoted,
            State.ExtensionValue or State.ExtensionToken when IsToken(value) => State.ExtensionToken,
            State.ExtensionQuoted when value == '"' => State.ExtensionEnd,
            State.ExtensionQuoted when value == '\\' => State.ExtensionEscape,
            State.ExtensionQuoted or State.ExtensionEscape => value is (>= 0x20 or (byte)'\t') and not 0x7f ? State.ExtensionQuoted : null,
            State.ExtensionNameRest or State.ExtensionToken or State.ExtensionEnd => value switch
            {
                (byte)';' => State.ExtensionName,
                (byte)'\r' => State.SizeEnd,
                _ => null,
            },
            _ => null,
        };
        if (next is not { } state)
        {
            Fault = WireFault.ChunkExtensionInvalid;
            return false;
        }

        _state = state;
        return true;
    }

    private ChunkStep ReadTrailers(ReadOnlySpan<byte> bytes, FieldTable trailers, ref int consumed)
    {
        trailers.Clear();
        var end = consumed;
        var room = Math.Min(bytes.Length - consumed, Limits.MaxTrailerBytes);
        var status = FieldSection.Read(bytes[..(consumed + room)], ref end, trailers, Limits.MaxTrailers, out var fault);
        if (status == ParseStatus.Incomplete)
        {
            return room < Limits.MaxTrailerBytes ? ChunkStep.NeedMore : Refuse(WireFault.TrailersTooLarge);
        }

        fault = status == ParseStatus.Complete ? TrailerRules.Decide(bytes, trailers) : fault;
        if (fault != WireFault.None)
        {
            return Refuse(fault);
        }

        consumed = end;
        _state = State.Ended;
        return ChunkStep.End;
    }

    private ChunkStep Refuse(WireFault fault)
    {
        Fault = fault;
        _state = State.Refused;
        return ChunkStep.Refused;
    }

    private static bool IsToken(byte value) => Grammar.Token.Contains(value);

    private static int HexDigit(byte value) => value switch
    {
        >= (byte)'0' and <= (byte)'9' => value - '0',
        >= (byte)'a' and <= (byte)'f' => value - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => value - 'A' + 10,
        _ => -1,
    };
}
