namespace Banyan.Wire.Fields;

/// <summary>One field line.</summary>
/// <param name="Name">As written.</param>
/// <param name="Value">Without the blanks around it; may be empty.</param>
/// <param name="Id">The name, when it is a known one.</param>
/// <param name="IsHop">
/// True when the field ends here and must not be passed on: fields of the connection, what Connection names, and framing that was overruled (RFC 9110 section 7.6.1).
/// </param>
public readonly record struct Field(Slice Name, Slice Value, FieldId Id, bool IsHop);
