using System.Buffers;
using Banyan.Contracts;

namespace Banyan.Resources;

/// <summary>The rules for names: RFC 1123 labels, up to 63 of a-z, 0-9 and '-', with a letter or digit at both ends.</summary>
public static class ResourceNames
{
    /// <summary>Longest name in characters.</summary>
    public const int MaxLength = 63;

    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>True when the text is a name.</summary>
    public static bool IsLabel(string? text) =>
        text is { Length: > 0 and <= MaxLength } && text[0] != '-' && text[^1] != '-' && !text.AsSpan().ContainsAnyExcept(Allowed);

    /// <summary>What is wrong with a name, as a sentence; null when nothing is.</summary>
    /// <param name="text">The name.</param>
    /// <param name="what">What it names, for the sentence: <c>Domain name</c>.</param>
    public static string? Problem(string? text, string what)
    {
        if (IsLabel(text))
        {
            return null;
        }

        if (string.IsNullOrEmpty(text))
        {
            return $"{what} is empty. Use 1 to {MaxLength} of a-z, 0-9 and '-'.";
        }

        var shown = text.Length <= 80 ? text : string.Concat(text.AsSpan(0, 77), "...");
        return text.Length > MaxLength ? $"{what} '{shown}' has {text.Length} characters; the most is {MaxLength}."
            : text[0] == '-' || text[^1] == '-' ? $"{what} '{shown}' must begin and end with a letter or a digit."
            : $"{what} '{shown}' contains '{text.First(c => !Allowed.Contains(c))}'. Use only a-z, 0-9 and '-'.";
    }

    internal static void Check(ResourceKind kind, ResourceName name)
    {
        if (kind.Scope == KindScope.Domain && Problem(name.Domain, "Domain name") is { } domain)
        {
            throw new BanyanException(ResourceErrors.BadName, domain) { Faults = [new Fault("/metadata/domain", domain, "bad-name")] };
        }

        if (Problem(name.Name, $"{kind.Name} name") is { } problem)
        {
            throw new BanyanException(ResourceErrors.BadName, problem) { Faults = [new Fault("/metadata/name", problem, "bad-name")] };
        }
    }
}
