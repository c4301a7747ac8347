using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace Banyan.Gateway.Routing;

/// <summary>
/// A regular expression that cannot be made slow by what it is asked about: matched without backtracking in time linear to the input, against the whole input,
/// culture-invariant and case-sensitive. What such a machine cannot do (look-around, back-references, atomic groups) and what would make the machine itself
/// large is refused when it is made.
/// </summary>
internal sealed class SafePattern
{
    /// <summary>Longest pattern, in characters.</summary>
    public const int MaxLength = 256;

    /// <summary>Longest input that is looked at, in bytes; longer ones do not match.</summary>
    public const int MaxInput = 8192;

    // All counted repetitions of a pattern multiplied: '(a{30}){30}' is 900.
    private const int MaxRepetition = 1000;

    private static readonly SearchValues<char> Meta = SearchValues.Create(@"\.[]()|?*+{}^$");

    private readonly Regex _regex;

    private SafePattern(string text, Regex regex)
    {
        Text = text;
        _regex = regex;
    }

    /// <summary>The pattern as written.</summary>
    public string Text { get; }

    /// <summary>Makes a pattern, or says why it is refused.</summary>
    public static SafePattern? TryCreate(string? text, out string why)
    {
        if (string.IsNullOrEmpty(text))
        {
            why = "A regular expression may not be empty.";
            return null;
        }

        if (text.Length > MaxLength)
        {
            why = $"A regular expression has at most {MaxLength} characters; this one has {text.Length}. Split it into several routes.";
            return null;
        }

        if (Repetition(text) > MaxRepetition)
        {
            why = $"'{text}' repeats more than {MaxRepetition} times when its counts are multiplied. Use '*' or '+', or smaller counts.";
            return null;
        }

        try
        {
            // Checked alone first: 'a)(b' would be whole inside the group below.
            _ = new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            why = string.Empty;
            return new SafePattern(text, new Regex($@"\A(?:{text})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture));
        }
        catch (NotSupportedException e)
        {
            why = $"'{text}' needs backtracking, which one request could make arbitrarily slow: {e.Message} Write it without look-around, back-references and atomic groups.";
        }
        catch (ArgumentException e)
        {
            why = $"'{text}' is not a regular expression: {e.Message}";
        }

        return null;
    }

    /// <summary>True when the whole input matches. Bytes above 127 are compared as Latin-1. Allocates nothing in steady state.</summary>
    public bool IsMatch(ReadOnlySpan<byte> input)
    {
        if (input.Length > MaxInput)
        {
            return false;
        }

        char[]? rented = null;
        var chars = input.Length <= 512 ? stackalloc char[512] : rented = ArrayPool<char>.Shared.Rent(input.Length);
        try
        {
            var length = Encoding.Latin1.GetChars(input, chars);
            return _regex.IsMatch(chars[..length]);
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<char>.Shared.Return(rented);
            }
        }
    }

    /// <summary>
    /// The whole path segments every match begins with: <c>/pets/[0-9]+</c> gives <c>/pets</c>, <c>.*</c> gives nothing. It is never more than what is certain.
    /// </summary>
    public static string LeadingSegments(string text)
    {
        if (text[0] != '/' || text.Contains('|'))
        {
            return string.Empty;
        }

        var meta = text.AsSpan().IndexOfAny(Meta);
        var certain = meta < 0 ? text.AsSpan() : text.AsSpan(0, meta);

        // 'ab*' matches 'a': what a quantifier stands behind is not certain.
        if (meta >= 0 && text[meta] is '?' or '*' or '{')
        {
            certain = certain[..^1];
        }

        // Without a special character behind it, the last segment is whole only when nothing follows.
        var end = meta < 0 ? certain.Length : certain.LastIndexOf('/');
        return end <= 0 ? string.Empty : certain[..end].ToString();
    }

    private static long Repetition(string text)
    {
        var product = 1L;
        for (var open = text.IndexOf('{', StringComparison.Ordinal); open >= 0; open = text.IndexOf('{', open + 1))
        {
            var most = 0L;
            var number = 0L;
            var at = open + 1;
            for (; at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == ','); at++)
            {
                number = text[at] == ',' ? 0 : Math.Min((number * 10) + text[at] - '0', int.MaxValue);
                most = Math.Max(most, number);
            }

            if (at < text.Length && text[at] == '}' && most > 1)
            {
                product = Math.Min(product * most, int.MaxValue);
            }
        }

        return product;
    }
}
