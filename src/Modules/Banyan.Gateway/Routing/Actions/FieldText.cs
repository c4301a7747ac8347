using System.Buffers;

namespace Banyan.Gateway.Routing.Actions;

/// <summary>What may stand in field names and values (RFC 9110 sections 5.1 and 5.5).</summary>
internal static class FieldText
{
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    public static bool IsToken(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExcept(TokenCharacters);

    /// <summary>True for visible ASCII with inner blanks; what else the RFC allows, programs read differently.</summary>
    public static bool IsValue(string text) => !text.AsSpan().ContainsAnyExceptInRange(' ', '~') && text.Trim(' ').Length == text.Length;
}
