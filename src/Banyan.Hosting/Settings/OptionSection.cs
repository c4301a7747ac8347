using System.Collections;
using System.Reflection;

namespace Banyan.Hosting.Settings;

/// <summary>The settings of one section: what binds to it, which keys it knows, what is wrong with it.</summary>
internal sealed class OptionSection(string name)
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly List<string> _faults = [];
    private readonly List<(object Value, object Default)> _bound = [];

    public string Name => name;

    public IReadOnlyList<string> Faults => _faults;

    /// <summary>A key that is in the section although no options object has it: the address of a contract.</summary>
    public void Know(string key) => _known.Add(key);

    public TOptions Bind<TOptions>(SettingSet settings, Action<TOptions, OptionFaults>? validate, bool check)
        where TOptions : class, new()
    {
        var faults = new OptionFaults(name, settings);
        var options = new TOptions();
        new OptionsBinder(settings, faults).Bind(options, name, _known);
        if (check && faults.Messages.Count == 0)
        {
            validate?.Invoke(options, faults);
        }

        _faults.AddRange(faults.Messages);
        _bound.Add((options, new TOptions()));
        return options;
    }

    /// <summary>Every key somebody set in this section and nothing takes.</summary>
    public IEnumerable<string> Unknown(SettingSet settings)
    {
        var known = _known.Select(SettingSet.Normalise).ToHashSet(StringComparer.Ordinal);
        foreach (var setting in settings.Under(name))
        {
            if (!known.Contains(SettingSet.Normalise(setting.Key)))
            {
                yield return $"{setting.Key} ({setting.Origin}): unknown setting{Nearest.Suggest(setting.Key, _known)}";
            }
        }
    }

    /// <summary>Every option of the section with its value and default.</summary>
    public IEnumerable<PrintedSetting> Print(SettingSet settings) => _bound.SelectMany(b => Walk(b.Value, b.Default, name, settings));

    private static IEnumerable<PrintedSetting> Walk(object value, object? ifUnset, string prefix, SettingSet settings)
    {
        foreach (var property in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.SetMethod is { IsPublic: true }))
        {
            var key = $"{prefix}.{OptionText.CamelCase(property)}";
            var type = property.PropertyType;
            var now = property.GetValue(value);
            var before = ifUnset is null ? null : property.GetValue(ifUnset);
            var source = settings.Under(key).Select(s => s.Source).DefaultIfEmpty(SettingSource.Default).Max();
            if (property.GetCustomAttribute<SecretAttribute>() is not null)
            {
                yield return new(key, now is null or "" ? null : "(secret)", before is null or "" ? null : "(secret)", source);
            }
            else if (OptionText.Describe(type) is not null)
            {
                yield return new(key, OptionText.Format(now), OptionText.Format(before), source);
            }
            else if (OptionsBinder.ElementOfList(type) is { } item && OptionText.Describe(item) is not null && OptionsBinder.ElementOfDictionary(type) is null)
            {
                yield return new(key, List(now), List(before), source);
            }
            else if (now is IDictionary entries)
            {
                foreach (DictionaryEntry entry in entries)
                {
                    yield return new($"{key}.{entry.Key}", OptionText.Format(entry.Value), null, source);
                }
            }
            else if (now is not null and not IEnumerable)
            {
                foreach (var inner in Walk(now, before, key, settings))
                {
                    yield return inner;
                }
            }
        }
    }

    private static string? List(object? list) => list is null ? null : string.Join(',', ((IEnumerable)list).Cast<object>().Select(OptionText.Format));
}
