using Banyan.Contracts.Text;

namespace Banyan.Hosting.Settings;

/// <summary>Says what a user probably meant.</summary>
internal static class Nearest
{
    /// <summary><c>; did you mean 'x'?</c>, or the list of what there is when nothing is near.</summary>
    public static string Suggest(string wrong, IEnumerable<string> known)
    {
        var all = known.Order(StringComparer.Ordinal).ToList();
        return all.Count == 0 ? "; there are none here"
            : NearestName.Of(wrong, all) is { } near ? $"; did you mean '{near}'?"
            : $"; known are {string.Join(", ", all)}";
    }
}
