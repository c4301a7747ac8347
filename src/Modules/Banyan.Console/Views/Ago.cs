using System.Globalization;

namespace Banyan.Console.Views;

/// <summary>Times as people say them. The script in the page (times.js) has the same steps.</summary>
internal static class Ago
{
    public static string Text(DateTimeOffset at, DateTimeOffset now)
    {
        var seconds = (now - at).TotalSeconds;
        return seconds switch
        {
            < 5 => "just now",
            < 60 => $"{(int)seconds} s ago",
            < 3_600 => $"{(int)(seconds / 60)} min ago",
            < 86_400 => $"{(int)(seconds / 3_600)} h ago",
            < 86_400 * 2 => "yesterday",
            _ => $"{(int)(seconds / 86_400)} days ago",
        };
    }

    public static string Machine(DateTimeOffset at) => at.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string Full(DateTimeOffset at) => at.ToUniversalTime().ToString("d MMM yyyy, HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
