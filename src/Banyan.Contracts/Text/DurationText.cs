using System.Globalization;

namespace Banyan.Contracts.Text;

/// <summary>Times as people write them in documents: <c>500ms</c>, <c>5s</c>, <c>1.5s</c>, <c>2m</c>, <c>1h</c>.</summary>
public static class DurationText
{
    /// <summary>Reads a time; false for anything but a number and a unit, and for more than a year.</summary>
    public static bool TryParse(string text, out TimeSpan time)
    {
        time = default;
        var (unit, seconds) = text switch
        {
            _ when text.EndsWith("ms", StringComparison.Ordinal) => (2, 0.001),
            _ when text.EndsWith('s') => (1, 1.0),
            _ when text.EndsWith('m') => (1, 60.0),
            _ when text.EndsWith('h') => (1, 3600.0),
            _ => (0, 0.0),
        };
        if (unit == 0 || !double.TryParse(text.AsSpan(0, text.Length - unit), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || !(number * seconds <= TimeSpan.FromDays(365).TotalSeconds))
        {
            return false;
        }

        time = TimeSpan.FromSeconds(number * seconds);
        return true;
    }
}
