using System.Globalization;
using System.Reflection;

namespace Banyan.Hosting.Settings;

/// <summary>Turns the text of one setting into a value and back.</summary>
internal static class OptionText
{
    private static readonly (string Suffix, double Milliseconds)[] Units = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

    /// <summary>What a value of the type looks like, for messages; null when the type is not one text.</summary>
    public static string? Describe(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type switch
        {
            _ when type == typeof(string) => "a text",
            _ when type == typeof(bool) => "true or false",
            _ when type == typeof(int) || type == typeof(long) => "a whole number",
            _ when type == typeof(double) => "a number",
            _ when type == typeof(TimeSpan) => "a duration such as 500ms, 15s or 2m",
            _ when type == typeof(Uri) => "an absolute address such as http://127.0.0.1:7401",
            _ when type == typeof(ListenAddress) => "an address to listen on: HOST:PORT with an IP address, 'localhost' or '*', or unix:/path",
            { IsEnum: true } => "one of " + string.Join(", ", Enum.GetNames(type).Select(n => n.ToLowerInvariant())),
            _ => null,
        };
    }

    public static bool TryParse(Type type, string text, out object? value)
    {
        value = null;
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string))
        {
            value = text;
        }
        else if (type == typeof(bool))
        {
            value = bool.TryParse(text, out var b) ? b : null;
        }
        else if (type == typeof(int))
        {
            value = int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var i) ? i : null;
        }
        else if (type == typeof(long))
        {
            value = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var l) ? l : null;
        }
        else if (type == typeof(double))
        {
            value = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var d) && double.IsFinite(d) ? d : null;
        }
        else if (type == typeof(TimeSpan))
        {
            value = ParseDuration(text);
        }
        else if (type == typeof(Uri))
        {
            value = Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Host.Length > 0 ? uri : null;
        }
        else if (type == typeof(ListenAddress))
        {
            value = ListenAddress.TryParse(text, null, out var address) ? address : null;
        }
        else if (type.IsEnum)
        {
            value = !char.IsAsciiDigit(text.FirstOrDefault('0')) && Enum.TryParse(type, text, ignoreCase: true, out var e) ? e : null;
        }

        return value is not null;
    }

    public static string? Format(object? value) => value switch
    {
        null => null,
        bool b => b ? "true" : "false",
        TimeSpan t => FormatDuration(t),
        Enum e => e.ToString().ToLowerInvariant(),
        IFormattable f => f.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };

    public static string CamelCase(PropertyInfo property) => char.ToLowerInvariant(property.Name[0]) + property.Name[1..];

    private static TimeSpan? ParseDuration(string text)
    {
        foreach (var (suffix, milliseconds) in Units)
        {
            if (text.EndsWith(suffix, StringComparison.Ordinal)
                && double.TryParse(text.AsSpan(0, text.Length - suffix.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count)
                && count * milliseconds < TimeSpan.MaxValue.TotalMilliseconds / 2)
            {
                return TimeSpan.FromMilliseconds(count * milliseconds);
            }
        }

        return text == "0" ? TimeSpan.Zero : (TimeSpan?)null;
    }

    private static string FormatDuration(TimeSpan duration)
    {
        foreach (var (suffix, milliseconds) in Units.Reverse())
        {
            if (duration != TimeSpan.Zero && duration.TotalMilliseconds % milliseconds == 0)
            {
                return (duration.TotalMilliseconds / milliseconds).ToString(CultureInfo.InvariantCulture) + suffix;
            }
        }

        return duration == TimeSpan.Zero ? "0s" : duration.TotalMilliseconds.ToString(CultureInfo.InvariantCulture) + "ms";
    }
}
