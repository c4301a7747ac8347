using Banyan.Contracts.Text;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Banyan.Cli.Yaml;

/// <summary>Reads the fields of one mapping strictly: what is not known is a fault, and every fault is kept with its place.</summary>
internal sealed class MappingReader
{
    private readonly Dictionary<string, (YamlNode Key, YamlNode Value)> _fields = new(StringComparer.Ordinal);
    private readonly YamlFaults _faults;

    public MappingReader(YamlMappingNode node, string where, YamlFaults faults, params string[] known)
    {
        Node = node;
        Where = where;
        _faults = faults;
        foreach (var (key, value) in node)
        {
            if (key is not YamlScalarNode { Value: { } name })
            {
                faults.Add(key.Start, "A field name must be plain text.", "wrong-type");
            }
            else if (!known.Contains(name))
            {
                var hint = NearestName.Of(name, known) is { } near ? $"Did you mean '{near}'?" : $"Known here: {string.Join(", ", known)}.";
                faults.Add(key.Start, $"Unknown field '{name}'{In}. {hint}", "unknown-field");
            }
            else
            {
                _fields[name] = (key, value);
            }
        }
    }

    public YamlMappingNode Node { get; }

    public string Where { get; }

    private string In => Where.Length == 0 ? string.Empty : $" in '{Where}'";

    /// <summary>The value as a mapping; a fault when it is something else.</summary>
    public static MappingReader? Open(YamlNode value, string where, YamlFaults faults, params string[] known)
    {
        if (value is YamlMappingNode mapping)
        {
            return new MappingReader(mapping, where, faults, known);
        }

        faults.Add(value.Start, $"'{where}' must be a mapping with the fields {string.Join(", ", known)}.", "wrong-type");
        return null;
    }

    /// <summary>The field's node; null when it is absent or null.</summary>
    public YamlNode? Get(string name) => _fields.TryGetValue(name, out var field) && !YamlScalars.IsNull(field.Value) ? field.Value : null;

    /// <summary>Where the field is, or where it is missing.</summary>
    public Mark Place(string name) => _fields.TryGetValue(name, out var field) ? field.Value.Start : Node.Start;

    public string Path(string name) => Where.Length == 0 ? name : $"{Where}.{name}";

    public string? Text(string name, bool required = false)
    {
        if (Get(name) is not { } value)
        {
            if (required)
            {
                _faults.Add(Node.Start, $"The field '{name}'{In} is missing.", "required");
            }

            return null;
        }

        if (value is YamlScalarNode { Value: { } text })
        {
            return text;
        }

        _faults.Add(value.Start, $"'{Path(name)}' must be text.", "wrong-type");
        return null;
    }

    public int? Integer(string name, int least, int most)
    {
        if (Get(name) is not { } value)
        {
            return null;
        }

        if (value is not YamlScalarNode scalar || YamlScalars.AsInteger(scalar) is not { } number)
        {
            _faults.Add(value.Start, $"'{Path(name)}' must be a whole number from {least} to {most}.", "wrong-type");
            return null;
        }

        if (number < least || number > most)
        {
            _faults.Add(value.Start, $"'{Path(name)}' is {number}; it must be from {least} to {most}.", "out-of-range");
            return null;
        }

        return (int)number;
    }

    public bool? Flag(string name)
    {
        if (Get(name) is not { } value)
        {
            return null;
        }

        if (value is YamlScalarNode scalar && YamlScalars.AsBoolean(scalar) is { } flag)
        {
            return flag;
        }

        _faults.Add(value.Start, $"'{Path(name)}' must be true or false.", "wrong-type");
        return null;
    }

    public string? OneOf(string name, params string[] allowed)
    {
        var text = Text(name);
        if (text is null || allowed.Contains(text))
        {
            return text;
        }

        _faults.Add(Place(name), $"'{Path(name)}' is '{text}'; it must be one of {string.Join(", ", allowed)}.{NearestName.Hint(text, allowed)}", "out-of-range");
        return null;
    }

    /// <summary>The field's items; a fault and no items when it is not a list.</summary>
    public IEnumerable<YamlNode> Items(string name)
    {
        switch (Get(name))
        {
            case null:
                return [];
            case YamlSequenceNode sequence:
                return sequence;
            case var other:
                _faults.Add(other.Start, $"'{Path(name)}' must be a list.", "wrong-type");
                return [];
        }
    }

    /// <summary>The field as names and plain values.</summary>
    public IReadOnlyDictionary<string, string> Map(string name)
    {
        var result = new Dictionary<string, string>(StringComparer.Ordinal);
        switch (Get(name))
        {
            case null:
                break;
            case YamlMappingNode mapping:
                foreach (var (key, value) in mapping)
                {
                    if (key is YamlScalarNode { Value: { Length: > 0 } word } && value is YamlScalarNode scalar)
                    {
                        result[word] = scalar.Value ?? string.Empty;
                    }
                    else
                    {
                        _faults.Add(value.Start, $"'{Path(name)}' takes plain values only: text, numbers, true or false.", "wrong-type");
                    }
                }

                break;
            case var other:
                _faults.Add(other.Start, $"'{Path(name)}' must be a mapping of names to plain values.", "wrong-type");
                break;
        }

        return result;
    }
}
