namespace Banyan.Resources;

/// <summary>The rules for keys and values of labels and annotations.</summary>
internal static class LabelRules
{
    public const int MaxLabels = 64;
    public const int MaxAnnotationChars = 32 * 1024;

    private const int MaxName = 63;
    private const int MaxPrefix = 253;

    /// <summary>What is wrong with a key (<c>[prefix/]name</c>); null when nothing is.</summary>
    public static string? KeyProblem(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        var name = key[(slash + 1)..];
        if (slash == 0 || slash > MaxPrefix || (slash > 0 && !key[..slash].Split('.').All(ResourceNames.IsLabel)))
        {
            return $"the prefix of '{key}' is no domain name";
        }

        return name.Length == 0 ? "a key is missing" : Plain(name) ? null
            : $"'{name}' is no key: use up to {MaxName} letters, digits, '-', '_' and '.', with a letter or digit at both ends";
    }

    /// <summary>What is wrong with a label's value; null when nothing is.</summary>
    public static string? ValueProblem(string value) =>
        value.Length == 0 || Plain(value) ? null
            : $"'{value}' is no label value: use up to {MaxName} letters, digits, '-', '_' and '.', with a letter or digit at both ends";

    private static bool Plain(string text) =>
        text.Length <= MaxName
        && char.IsAsciiLetterOrDigit(text[0])
        && char.IsAsciiLetterOrDigit(text[^1])
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
