using Banyan.Wire.Fields;

namespace Banyan.Wire.Http2;

/// <summary>
/// A head or a trailer section of HTTP/2, decoded and checked: offsets into <see cref="Bytes"/>. Valid during the event that brings it. May be shared by all
/// connections of one thread.
/// </summary>
public sealed class Http2Head
{
    // What RFC 9113 section 10.5.1 adds to each field.
    private const int Overhead = 32;

    private byte[] _bytes = new byte[1024];
    private long _size;
    private Http2Limits _limits = Http2Limits.Default;

    /// <summary>What the slices refer to.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    /// <summary>The fields, without the pseudo-fields. Names are in lower case.</summary>
    public FieldTable Fields { get; } = new();

    /// <summary>The method of a request; empty in others.</summary>
    public Slice Method { get; internal set; }

    /// <summary>http or https; empty with CONNECT.</summary>
    public Slice Scheme { get; internal set; }

    /// <summary>Host and port; when there is no pseudo-field, of Host.</summary>
    public Slice Authority { get; internal set; }

    /// <summary>The raw path with its query; empty with CONNECT.</summary>
    public Slice Path { get; internal set; }

    /// <summary>The protocol an extended CONNECT wants (RFC 8441); otherwise empty.</summary>
    public Slice Protocol { get; internal set; }

    /// <summary>The status of an answer; 0 in others.</summary>
    public int Status { get; internal set; }

    /// <summary>The declared length of the body in bytes; -1 when none is declared.</summary>
    public long ContentLength { get; internal set; } = -1;

    internal int Length { get; private set; }

    // What the pseudo-fields are, as they came. Status is kept here until it is read.
    internal Slice StatusText { get; set; }

    // True when a field breaks a rule that holds for every section.
    internal bool Malformed { get; set; }

    // True when there was more than the limits allow; what is beyond is not here.
    internal bool TooLarge { get; private set; }

    // True when a pseudo-field is there.
    internal bool HasPseudo { get; private set; }

    internal void Use(Http2Limits limits) => _limits = limits;

    internal void Clear()
    {
        Fields.Clear();
        Method = Scheme = Authority = Path = Protocol = StatusText = default;
        Status = 0;
        ContentLength = -1;
        Length = 0;
        _size = 0;
        Malformed = false;
        TooLarge = false;
        HasPseudo = false;
    }

    internal void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, FieldId id)
    {
        var start = Length;
        if (!TooLarge)
        {
            Append(name);
            Append(value);
        }
        else
        {
            _size += name.Length + value.Length + Overhead;
            return;
        }

        Commit(start, name.Length, id);
    }

    internal Span<byte> Room(int atLeast)
    {
        if (_bytes.Length - Length < atLeast)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + atLeast));
        }

        return _bytes.AsSpan(Length);
    }

    internal void Written(int count) => Length += count;

    internal void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        Length += bytes.Length;
    }

    internal ReadOnlySpan<byte> Since(int start) => _bytes.AsSpan(start, Length - start);

    // Takes the bytes from start to the end as a name and its value.
    internal void Commit(int start, int nameLength, FieldId id)
    {
        _size += Length - start + Overhead;
        if (TooLarge || _size > _limits.MaxHeadBytes || Fields.Count >= _limits.MaxFields)
        {
            TooLarge = true;
            Length = start;
            return;
        }

        var name = new Slice(start, nameLength);
        var value = new Slice(start + nameLength, Length - start - nameLength);
        if (nameLength > 0 && _bytes[start] == ':')
        {
            Malformed |= Fields.Count > 0 || !TryPseudo(name.Of(_bytes), value);
            HasPseudo = true;
            return;
        }

        Malformed |= !HeadRules.IsFieldValid(name.Of(_bytes), value.Of(_bytes));
        Fields.Add(name.Start, name.Length, value.Start, value.Length, id);
    }

    internal void End()
    {
        // A large one may leave a large buffer for good otherwise.
        if (_bytes.Length > 2 * _limits.MaxHeadBytes)
        {
            Array.Resize(ref _bytes, Math.Max(Length, _limits.MaxHeadBytes));
        }
    }

    // Empty pseudo-fields are as bad as repeated ones; so empty stands for absent.
    private bool TryPseudo(ReadOnlySpan<byte> name, Slice value)
    {
        if (value.IsEmpty)
        {
            return false;
        }

        switch (name)
        {
            case [.., (byte)'d'] when name.SequenceEqual(":method"u8) && Method.IsEmpty:
                Method = value;
                return true;
            case [.., (byte)'h'] when name.SequenceEqual(":path"u8) && Path.IsEmpty:
                Path = value;
                return true;
            case [.., (byte)'e'] when name.SequenceEqual(":scheme"u8) && Scheme.IsEmpty:
                Scheme = value;
                return true;
            case [.., (byte)'y'] when name.SequenceEqual(":authority"u8) && Authority.IsEmpty:
                Authority = value;
                return true;
            case [.., (byte)'s'] when name.SequenceEqual(":status"u8) && StatusText.IsEmpty:
                StatusText = value;
                return true;
            case [.., (byte)'l'] when name.SequenceEqual(":protocol"u8) && Protocol.IsEmpty:
                Protocol = value;
                return true;
            default:
                return false;
        }
    }
}
