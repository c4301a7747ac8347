using System.Text;
using Banyan.Wire.Fields;

namespace Banyan.Wire.Http1;

/// <summary>
/// Field names with underscores that a service behind CGI, WSGI or PHP could not tell from a known name with hyphens, such as <c>X_Forwarded_For</c>: they end here,
/// or a client could speak in the gateway's name. Other names with underscores are passed on.
/// </summary>
internal static class UnderscoreNames
{
    private const int Longest = 32;

    public static void End(ReadOnlySpan<byte> bytes, FieldTable fields)
    {
        for (var i = 0; i < fields.Count; i++)
        {
            ref readonly var field = ref fields[i];
            if (field.Id == FieldId.Unknown && field.Name.Length <= Longest && field.Name.Of(bytes).Contains((byte)'_') && IsTwin(field.Name.Of(bytes)))
            {
                fields.MarkHop(i);
            }
        }
    }

    private static bool IsTwin(ReadOnlySpan<byte> name)
    {
        Span<byte> hyphens = stackalloc byte[Longest];
        hyphens = hyphens[..name.Length];
        name.Replace(hyphens, (byte)'_', (byte)'-');
        return FieldNames.Identify(hyphens) != FieldId.Unknown
            || (name.Length > 12 && Ascii.EqualsIgnoreCase(hyphens[..12], "x-forwarded-"u8));
    }
}
