using System.Globalization;

namespace Banyan.Cli.Output;

/// <summary>Times as people say them.</summary>
internal static class Ages
{
    /// <summary>How long ago, in one unit: <c>3s</c>, <c>12m</c>, <c>5h</c>, <c>9d</c>; <c>-</c> when unknown.</summary>
    public static string Of(DateTimeOffset? then, TimeProvider clock)
    {
        if (then is null)
        {
            return "-";
        }

        var age = clock.GetUtcNow() - then.Value;
        return age switch
        {
            { TotalSeconds: < 0 } => "0s",
            { TotalSeconds: < 120 } => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalSeconds}s"),
            { TotalMinutes: < 120 } => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalMinutes}m"),
            { TotalHours: < 48 } => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalHours}h"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalDays}d"),
        };
    }

    /// <summary>A duration as written on the command line: <c>500ms</c>, <c>30s</c>, <c>2m</c>, <c>1h</c>; bare numbers are seconds.</summary>
    public static TimeSpan? Duration(string text)
    {
        var digits = text.Length;
        while (digits > 0 && char.IsAsciiLetter(text[digits - 1]))
        {
            digits--;
        }

        if (!double.TryParse(text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        return text[digits..] switch
        {
            "ms" => TimeSpan.FromMilliseconds(number),
            "" or "s" => TimeSpan.FromSeconds(number),
            "m" => TimeSpan.FromMinutes(number),
            "h" => TimeSpan.FromHours(number),
            _ => null,
        };
    }
}
