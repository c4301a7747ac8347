using System.Collections;
using System.Globalization;
using System.Reflection;

namespace Banyan.Hosting.Settings;

/// <summary>Puts the settings under one prefix into the properties of an object: texts, numbers, durations, enums, lists, dictionaries and nested objects.</summary>
internal sealed class OptionsBinder(SettingSet settings, OptionFaults faults)
{
    /// <summary>Binds one level; whatever of the prefix no property takes is reported by the caller from <paramref name="known"/>.</summary>
    public void Bind(object target, string prefix, ISet<string> known)
    {
        foreach (var property in target.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.SetMethod is { IsPublic: true }))
        {
            var key = $"{prefix}.{OptionText.CamelCase(property)}";
            known.Add(key);
            if (TryRead(property.PropertyType, key, property.GetValue(target), known, out var value))
            {
                property.SetValue(target, value);
            }
        }
    }

    private bool TryRead(Type type, string key, object? current, ISet<string> known, out object? value)
    {
        value = null;
        if (OptionText.Describe(type) is { } form)
        {
            if (settings.Find(key) is not { } setting)
            {
                return false;
            }

            if (OptionText.TryParse(type, setting.Value, out value))
            {
                return true;
            }

            // The value is not repeated: it may be a secret that slipped into the wrong place.
            faults.AddAt(key, setting.Origin, $"the value must be {form}");
            return false;
        }

        if (ElementOfDictionary(type) is { } valueType)
        {
            return TryReadDictionary(valueType, key, known, out value);
        }

        if (ElementOfList(type) is { } itemType)
        {
            return TryReadList(type, itemType, key, known, out value);
        }

        if (settings.Find(key) is { } scalar)
        {
            faults.AddAt(key, scalar.Origin, "the value must be a group of settings, not one value");
            return false;
        }

        // A group nobody sets keeps its default, null included; its keys are known all the same.
        var set = current is not null || settings.Under(key).Any();
        value = current ?? Activator.CreateInstance(type)!;
        Bind(value, key, known);
        return set;
    }

    private bool TryReadList(Type type, Type itemType, string key, ISet<string> known, out object? value)
    {
        var items = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(itemType))!;
        value = null;
        if (settings.Find(key) is { } whole)
        {
            foreach (var text in whole.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                if (!OptionText.TryParse(itemType, text, out var item))
                {
                    faults.AddAt(key, whole.Origin, $"each element of the list must be {OptionText.Describe(itemType) ?? "a group of settings (use the configuration file)"}");
                    return false;
                }

                items.Add(item);
            }
        }
        else
        {
            var names = Children(key);
            if (names.Count == 0)
            {
                return false;
            }

            foreach (var name in names.OrderBy(n => int.TryParse(n, NumberStyles.None, CultureInfo.InvariantCulture, out var i) ? i : int.MaxValue))
            {
                known.Add($"{key}.{name}");
                if (TryRead(itemType, $"{key}.{name}", null, known, out var item))
                {
                    items.Add(item);
                }
            }
        }

        value = items;
        if (type.IsArray)
        {
            var array = Array.CreateInstance(itemType, items.Count);
            items.CopyTo(array, 0);
            value = array;
        }

        return true;
    }

    private bool TryReadDictionary(Type valueType, string key, ISet<string> known, out object? value)
    {
        value = null;
        var names = Children(key);
        if (names.Count == 0)
        {
            return false;
        }

        var entries = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), valueType))!;
        foreach (var name in names)
        {
            known.Add($"{key}.{name}");
            if (TryRead(valueType, $"{key}.{name}", null, known, out var entry))
            {
                entries[name] = entry;
            }
        }

        value = entries;
        return true;
    }

    /// <summary>The names directly under a key, as the user wrote them.</summary>
    private List<string> Children(string key)
    {
        var depth = key.Count(c => c == '.') + 1;
        return [.. settings.Under(key).Select(s => s.Key.Split('.')).Where(parts => parts.Length > depth).Select(parts => parts[depth]).Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    internal static Type? ElementOfList(Type type) =>
        type.IsArray ? type.GetElementType()
        : type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type) && type.GetGenericArguments().Length == 1 ? type.GetGenericArguments()[0]
        : null;

    internal static Type? ElementOfDictionary(Type type) =>
        type.IsGenericType && type.GetGenericArguments() is [var name, var value] && name == typeof(string) ? value : null;
}
