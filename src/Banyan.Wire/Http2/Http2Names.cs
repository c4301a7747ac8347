using System.Buffers;
using Banyan.Wire.Fields;
using Banyan.Wire.Scanning;

namespace Banyan.Wire.Http2;

/// <summary>Names and values as HTTP/2 has them (RFC 9113 section 8.2).</summary>
internal static class Http2Names
{
    private static readonly SearchValues<byte> LowerToken = SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"u8);

    private static readonly FieldSet Connection = FieldSet.Of(
        FieldId.Connection,
        FieldId.KeepAlive,
        FieldId.ProxyConnection,
        FieldId.TransferEncoding,
        FieldId.Upgrade,
        FieldId.Http2Settings);

    /// <summary>True for a token without capitals.</summary>
    public static bool IsName(ReadOnlySpan<byte> name) => !name.IsEmpty && !name.ContainsAnyExcept(LowerToken);

    /// <summary>True when there is no control byte, and no blank at an end.</summary>
    public static bool IsValue(ReadOnlySpan<byte> value) =>
        value.IsEmpty || (!Grammar.IsBlank(value[0]) && !Grammar.IsBlank(value[^1]) && ControlScan.IndexOfControl(value) < 0);

    /// <summary>True for the fields HTTP/2 must not have.</summary>
    public static bool IsConnection(FieldId id) => Connection.Contains(id);
}
