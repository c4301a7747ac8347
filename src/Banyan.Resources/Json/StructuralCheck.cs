using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Banyan.Contracts;
using Banyan.Contracts.Text;

namespace Banyan.Resources.Json;

/// <summary>
/// Compares a JSON tree with the type it will be read as and tells every fault at once: unknown fields, wrong types, missing fields, values out of range.
/// What it lets through can be read.
/// </summary>
public static class StructuralCheck
{
    private static readonly ConditionalWeakTable<JsonPropertyInfo, JsonTypeInfo> WithOwnConverter = [];

    /// <summary>Adds a fault for everything that does not fit.</summary>
    /// <param name="value">The tree.</param>
    /// <param name="type">What it should be.</param>
    /// <param name="pointer">Where the tree is in its document.</param>
    /// <param name="faults">Takes the faults.</param>
    public static void Run(JsonNode? value, JsonTypeInfo type, string pointer, List<Fault> faults)
    {
        if (value is null)
        {
            return;
        }

        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object:
                Object(value, type, pointer, faults);
                break;
            case JsonTypeInfoKind.Enumerable:
                List(value, type, pointer, faults);
                break;
            case JsonTypeInfoKind.Dictionary:
                Map(value, type, pointer, faults);
                break;
            default:
                Scalar(value, type, pointer, faults);
                break;
        }
    }

    private static void Object(JsonNode value, JsonTypeInfo type, string pointer, List<Fault> faults)
    {
        if (value is not JsonObject o)
        {
            WrongType(value, "an object", pointer, faults);
            return;
        }

        var known = type.Properties.Where(p => p.Set is not null || p.AssociatedParameter is not null).ToDictionary(p => p.Name);
        foreach (var (name, member) in o)
        {
            var child = JsonPointers.Child(pointer, name);
            if (!known.TryGetValue(name, out var property))
            {
                var hint = NearestName.Hint(name, known.Keys);
                hint = hint.Length > 0 ? hint : $" Known are {string.Join(", ", known.Keys.Order(StringComparer.Ordinal))}.";
                faults.Add(new Fault(child, $"There is no field '{Shorten(name)}' here.{hint}", "unknown-field"));
            }
            else if (member is not null)
            {
                var before = faults.Count;
                Run(member, TypeOf(property), child, faults);
                if (faults.Count == before)
                {
                    Range(member, property, child, faults);
                }
            }
        }

        foreach (var property in known.Values)
        {
            if (property.IsRequired && (!o.TryGetPropertyValue(property.Name, out var member) || member is null))
            {
                faults.Add(new Fault(JsonPointers.Child(pointer, property.Name), $"The field '{property.Name}' is missing.", "required"));
            }
        }
    }

    /// <summary>How a member is read; a converter that stands on the member and not on its type counts.</summary>
    private static JsonTypeInfo TypeOf(JsonPropertyInfo property) => property.CustomConverter is not { } converter
        ? property.Options.GetTypeInfo(property.PropertyType)
        : WithOwnConverter.GetValue(property, p => new JsonSerializerOptions(p.Options) { Converters = { converter } }.GetTypeInfo(p.PropertyType));

    private static void List(JsonNode value, JsonTypeInfo type, string pointer, List<Fault> faults)
    {
        if (value is not JsonArray list)
        {
            WrongType(value, "a list", pointer, faults);
            return;
        }

        var element = type.Options.GetTypeInfo(type.ElementType!);
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i] is { } item)
            {
                Run(item, element, $"{pointer}/{i}", faults);
            }
            else
            {
                faults.Add(new Fault($"{pointer}/{i}", "A list must not contain null. Leave the entry out.", "wrong-type"));
            }
        }
    }

    private static void Map(JsonNode value, JsonTypeInfo type, string pointer, List<Fault> faults)
    {
        if (value is not JsonObject map)
        {
            WrongType(value, "an object", pointer, faults);
            return;
        }

        var element = type.Options.GetTypeInfo(type.ElementType!);
        foreach (var (key, item) in map)
        {
            Run(item, element, JsonPointers.Child(pointer, key), faults);
        }
    }

    private static void Scalar(JsonNode value, JsonTypeInfo type, string pointer, List<Fault> faults)
    {
        var target = Nullable.GetUnderlyingType(type.Type) ?? type.Type;
        var kind = value.GetValueKind();
        if (target == typeof(string))
        {
            Expect(kind is JsonValueKind.String, "a text");
        }
        else if (target == typeof(bool))
        {
            Expect(kind is JsonValueKind.True or JsonValueKind.False, "true or false");
        }
        else if (target == typeof(JsonNode) || target == typeof(JsonElement) || target == typeof(object))
        {
            return;
        }
        else if (Type.GetTypeCode(target) is >= TypeCode.SByte and <= TypeCode.UInt64 && !target.IsEnum)
        {
            Expect(kind is JsonValueKind.Number && IsWhole(value), "a whole number");
        }
        else if (target == typeof(double) || target == typeof(float) || target == typeof(decimal))
        {
            Expect(kind is JsonValueKind.Number, "a number");
        }

        if (faults.Any(f => f.Pointer == pointer))
        {
            return;
        }

        try
        {
            JsonSerializer.Deserialize(value, type);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            faults.Add(
                target.IsEnum ? new Fault(pointer, $"{Shown(value)} is not one of {EnumNames(target, type)}.", "wrong-type")
                : kind is JsonValueKind.Number ? new Fault(pointer, $"{Shown(value)} is out of the range of a {target.Name}.", "out-of-range")
                : new Fault(pointer, $"{Shown(value)} is no {Word(target)}.{Because(e)}", "wrong-type"));
        }

        void Expect(bool holds, string expected)
        {
            if (!holds)
            {
                WrongType(value, expected, pointer, faults);
            }
        }
    }

    private static void Range(JsonNode value, JsonPropertyInfo property, string pointer, List<Fault> faults)
    {
        foreach (var attribute in property.AttributeProvider?.GetCustomAttributes(typeof(ValidationAttribute), inherit: true) ?? [])
        {
            var problem = attribute switch
            {
                RangeAttribute range when value.GetValueKind() == JsonValueKind.Number =>
                    AsDouble(value) is var n && n >= AsDouble(range.Minimum) && n <= AsDouble(range.Maximum)
                        ? null : $"{Shown(value)} is not between {Text(range.Minimum)} and {Text(range.Maximum)}.",
                StringLengthAttribute length when value.GetValueKind() == JsonValueKind.String =>
                    value.GetValue<string>().Length is var n && n >= length.MinimumLength && n <= length.MaximumLength
                        ? null : $"The text has {n} characters; allowed are {length.MinimumLength} to {length.MaximumLength}.",
                MaxLengthAttribute most when Length(value) is { } n && n > most.Length => $"It has {n} entries or characters; the most is {most.Length}.",
                MinLengthAttribute least when Length(value) is { } n && n < least.Length => $"It has {n} entries or characters; the least is {least.Length}.",
                _ => null,
            };
            if (problem is not null)
            {
                faults.Add(new Fault(pointer, problem, "out-of-range"));
            }
        }
    }

    private static int? Length(JsonNode value) => value switch
    {
        JsonArray a => a.Count,
        JsonObject o => o.Count,
        _ => value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>().Length : null,
    };

    // 1.0 and 1e3 are whole, too, but the serialiser reads only digits into integers; say so here and not later.
    private static bool IsWhole(JsonNode value) => !value.ToJsonString().AsSpan().ContainsAny('.', 'e', 'E');

    private static double AsDouble(JsonNode value) => double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture);

    private static double AsDouble(object bound) => Convert.ToDouble(bound, CultureInfo.InvariantCulture);

    private static string Text(object bound) => Convert.ToString(bound, CultureInfo.InvariantCulture)!;

    private static void WrongType(JsonNode value, string expected, string pointer, List<Fault> faults) =>
        faults.Add(new Fault(pointer, $"{Shown(value)} is not {expected}.", "wrong-type"));

    private static string Shown(JsonNode value) => value switch
    {
        JsonObject => "An object",
        JsonArray => "A list",
        _ => Shorten(value.ToJsonString()),
    };

    private static string Shorten(string text) => text.Length <= 60 ? text : string.Concat(text.AsSpan(0, 57), "...");

    private static string Word(Type type) =>
        type == typeof(DateTimeOffset) || type == typeof(DateTime) ? "time (RFC 3339)" : type == typeof(TimeSpan) ? "duration" : type.Name;

    private static string Because(Exception e) => e is JsonException { InnerException: null, Path: null } ? " " + e.Message : string.Empty;

    private static string EnumNames(Type type, JsonTypeInfo info)
    {
        try
        {
            return string.Join(", ", Enum.GetValuesAsUnderlyingType(type).Cast<object>()
                .Select(v => JsonSerializer.Serialize(Enum.ToObject(type, v), info).Trim('"')).Distinct());
        }
        catch (JsonException)
        {
            return string.Join(", ", Enum.GetNames(type));
        }
    }
}
