namespace Banyan.Hosting.Settings;

/// <summary>Collects everything wrong with options, so that a user sees all of it at once.</summary>
public sealed class OptionFaults
{
    private readonly string _section;
    private readonly SettingSet _settings;
    private readonly List<string> _messages = [];

    internal OptionFaults(string section, SettingSet settings) => (_section, _settings) = (section, settings);

    internal IReadOnlyList<string> Messages => _messages;

    /// <summary>Adds a fault of one option.</summary>
    /// <param name="option">Its key inside the section: <c>http</c> or <c>retry.most</c>.</param>
    /// <param name="message">What is wrong and what would be right.</param>
    public void Add(string option, string message)
    {
        var key = $"{_section}.{option}";
        AddAt(key, _settings.Find(key)?.Origin ?? "default", message);
    }

    internal void AddAt(string key, string origin, string message) => _messages.Add($"{key} ({origin}): {message}");
}
