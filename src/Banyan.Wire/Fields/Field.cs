namespace Banyan.Wire.Fields;

/// <summary>One field line.</summary>
public struct Field
{
    // Written one by one in place: a value built aside and copied as a whole costs the parser a third of its time.
    private int _nameStart;
    private int _nameLength;
    private int _valueStart;
    private int _valueLength;

    /// <summary>The name as written.</summary>
    public readonly Slice Name => new(_nameStart, _nameLength);

    /// <summary>The value without the blanks around it; may be empty.</summary>
    public readonly Slice Value => new(_valueStart, _valueLength);

    /// <summary>The name, when it is a known one.</summary>
    public FieldId Id { get; private set; }

    /// <summary>
    /// True when the field ends here and must not be passed on: fields of the connection, what Connection names, and framing that was overruled (RFC 9110
    /// section 7.6.1).
    /// </summary>
    public bool IsHop { get; internal set; }

    internal void Set(int nameStart, int nameLength, int valueStart, int valueLength, FieldId id, bool isHop)
    {
        _nameStart = nameStart;
        _nameLength = nameLength;
        _valueStart = valueStart;
        _valueLength = valueLength;
        Id = id;
        IsHop = isHop;
    }
}
