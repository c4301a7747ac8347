using Microsoft.Extensions.Configuration;

namespace Banyan.Hosting.Settings;

/// <summary>All values that were set, each with who set it. Keys are dotted; case, '-' and '_' in them do not matter.</summary>
public sealed class SettingSet
{
    private readonly SortedDictionary<string, Setting> _byKey = new(StringComparer.Ordinal);

    /// <summary>Every value, by key.</summary>
    public IEnumerable<Setting> All => _byKey.Values;

    /// <summary>Sets a value over what weaker sources set at, above or below its key.</summary>
    public void Set(Setting setting)
    {
        var key = Normalise(setting.Key);

        // A list may be one text ('a,b') or one key an element: whichever form a stronger source uses replaces the other.
        foreach (var (other, was) in _byKey.ToArray())
        {
            var related = other.StartsWith(key + ".", StringComparison.Ordinal) || key.StartsWith(other + ".", StringComparison.Ordinal);
            if (related && was.Source < setting.Source)
            {
                _byKey.Remove(other);
            }
        }

        _byKey[key] = setting;
    }

    /// <summary>The value of a key, or null when nobody set it.</summary>
    public Setting? Find(string key) => _byKey.GetValueOrDefault(Normalise(key));

    /// <summary>All values whose key is the prefix or lies under it.</summary>
    public IEnumerable<Setting> Under(string prefix)
    {
        var start = Normalise(prefix);
        return _byKey.Where(p => p.Key == start || p.Key.StartsWith(start + ".", StringComparison.Ordinal)).Select(p => p.Value);
    }

    /// <summary>One section as plain configuration.</summary>
    internal IConfiguration ToConfiguration(string section) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(Under(section).Where(s => s.Key.Length > section.Length)
                .Select(s => new KeyValuePair<string, string?>(s.Key[(section.Length + 1)..].Replace('.', ':'), s.Value)))
            .Build();

    internal static string Normalise(string key) =>
        key.ToLowerInvariant().Replace("-", string.Empty, StringComparison.Ordinal).Replace("_", string.Empty, StringComparison.Ordinal);
}
