namespace Banyan.Console.Views;

/// <summary>Makes sentences of what sources tell.</summary>
internal static class Sentence
{
    /// <summary>Of a reason, which is given with or without its capital and full stop.</summary>
    public static string Of(string reason) =>
        reason.Length == 0 ? reason : $"{char.ToUpperInvariant(reason[0])}{reason.AsSpan(1)}{(reason[^1] is '.' or '!' or '?' ? string.Empty : ".")}";

    /// <summary>Of a reason that is one already, and when it is looked whether it still holds; null = that is not known.</summary>
    public static string WithNextTry(string reason, double? seconds) => seconds is { } left ? $"{reason} The next try is in {Math.Ceiling(left):0} s." : reason;
}
