namespace Banyan.Console.Views;

/// <summary>Makes a sentence of a reason, which sources give with or without its capital and full stop.</summary>
internal static class Sentence
{
    public static string Of(string reason) =>
        reason.Length == 0 ? reason : $"{char.ToUpperInvariant(reason[0])}{reason.AsSpan(1)}{(reason[^1] is '.' or '!' or '?' ? string.Empty : ".")}";
}
