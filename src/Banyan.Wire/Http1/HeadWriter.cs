using System.Buffers.Text;
using System.Runtime.CompilerServices;
using Banyan.Wire.Fields;
using Banyan.Wire.Scanning;

namespace Banyan.Wire.Http1;

/// <summary>
/// Writes a head, always in the same form: HTTP/1.1, one space behind colons, CR LF. When the destination is too short it writes no further and says so; what is
/// written then is to be thrown away.
/// </summary>
/// <param name="destination">Where to write.</param>
public ref struct HeadWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>True when the destination was too short.</summary>
    public bool Overflowed { get; private set; }

    /// <summary>What was written.</summary>
    public readonly ReadOnlySpan<byte> Written => _destination[..Length];

    /// <summary>Writes a request line of HTTP/1.1. The parts must be as a parser gave them.</summary>
    public void RequestLine(scoped ReadOnlySpan<byte> method, scoped ReadOnlySpan<byte> target)
    {
        Bytes(method);
        Bytes(" "u8);
        Bytes(target);
        Bytes(" HTTP/1.1\r\n"u8);
    }

    /// <summary>Writes a status line of HTTP/1.1.</summary>
    /// <param name="status">100 to 599.</param>
    /// <param name="reason">As a parser gave it; may be empty.</param>
    public void StatusLine(int status, scoped ReadOnlySpan<byte> reason)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(status, 100);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(status, 599);
        Bytes("HTTP/1.1 "u8);
        Number(status);
        Bytes(" "u8);
        Bytes(reason);
        Bytes("\r\n"u8);
    }

    /// <summary>Writes a field.</summary>
    /// <exception cref="ArgumentException">The name is no token, or the value holds control bytes: it would become another field, or another message.</exception>
    public void Field(scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> value)
    {
        BeginField(name);
        Value(value);
        EndField();
    }

    /// <summary>Writes a field whose value is a number.</summary>
    public void Field(scoped ReadOnlySpan<byte> name, long value)
    {
        BeginField(name);
        Number(value);
        EndField();
    }

    /// <summary>Begins a field whose value is put together from parts by <see cref="Value"/> and <see cref="Number"/>.</summary>
    /// <exception cref="ArgumentException">The name is no token.</exception>
    public void BeginField(scoped ReadOnlySpan<byte> name)
    {
        if (!Grammar.IsToken(name))
        {
            throw new ArgumentException("A field's name must be a token. Check it where it is configured.", nameof(name));
        }

        Bytes(name);
        Bytes(": "u8);
    }

    /// <summary>Writes a part of a value.</summary>
    /// <exception cref="ArgumentException">It holds control bytes.</exception>
    public void Value(scoped ReadOnlySpan<byte> part)
    {
        if (ControlScan.IndexOfControl(part) >= 0)
        {
            throw new ArgumentException("A field's value must not hold control characters. Check it where it is configured.", nameof(part));
        }

        Bytes(part);
    }

    /// <summary>Writes a number as a part of a value.</summary>
    public void Number(long value)
    {
        if (!Overflowed && Utf8Formatter.TryFormat(value, _destination[Length..], out var written))
        {
            Length += written;
        }
        else
        {
            Overflowed = true;
        }
    }

    /// <summary>Ends a field begun with <see cref="BeginField"/>.</summary>
    public void EndField() => Bytes("\r\n"u8);

    /// <summary>Writes bytes that are whole lines already, made once beforehand.</summary>
    public void Lines(scoped ReadOnlySpan<byte> lines) => Bytes(lines);

    /// <summary>Writes the fields of a parsed section in their order, without those that end at this hop.</summary>
    /// <param name="bytes">What the fields were parsed from.</param>
    /// <param name="fields">The fields.</param>
    /// <param name="skip">Further known names to leave out: those the caller writes itself.</param>
    public void Fields(scoped ReadOnlySpan<byte> bytes, FieldTable fields, FieldSet skip)
    {
        for (var i = 0; i < fields.Count; i++)
        {
            ref readonly var field = ref fields[i];
            if (!field.IsHop && !skip.Contains(field.Id))
            {
                Line(field.Name.Of(bytes), field.Value.Of(bytes));
            }
        }
    }

    /// <summary>Writes one field of a parsed section.</summary>
    public void Field(scoped ReadOnlySpan<byte> bytes, in Field field) => Line(field.Name.Of(bytes), field.Value.Of(bytes));

    /// <summary>Ends the head with an empty line.</summary>
    public void End() => Bytes("\r\n"u8);

    /// <summary>A field that was parsed. It needs no second look: what a parser took is what may be written.</summary>
    internal void Line(scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> value)
    {
        var destination = _destination[Length..];
        var size = name.Length + value.Length + 4;
        if (Overflowed || destination.Length < size)
        {
            Overflowed = true;
            return;
        }

        name.CopyTo(destination);
        destination[name.Length] = (byte)':';
        destination[name.Length + 1] = (byte)' ';
        value.CopyTo(destination[(name.Length + 2)..]);
        destination[size - 2] = (byte)'\r';
        destination[size - 1] = (byte)'\n';
        Length += size;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Bytes(scoped ReadOnlySpan<byte> bytes)
    {
        if (!Overflowed && bytes.TryCopyTo(_destination[Length..]))
        {
            Length += bytes.Length;
        }
        else
        {
            Overflowed = true;
        }
    }
}
