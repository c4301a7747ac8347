using System.Text;

namespace Banyan.Gateway.Routing;

/// <summary>How a value is compared.</summary>
internal enum ValueTest
{
    Present,
    Exact,
    Prefix,
    Regex,
}

/// <summary>What one header field or query parameter must be. Of several lines or parameters of the name, one that fits is enough.</summary>
internal sealed class FieldPredicate
{
    private readonly byte[] _value;
    private readonly SafePattern? _regex;

    /// <summary>Makes a predicate.</summary>
    /// <param name="name">The name; of a header field in lower case.</param>
    /// <param name="test">How to compare.</param>
    /// <param name="value">What with; not looked at for <see cref="ValueTest.Present"/>.</param>
    /// <param name="regex">The pattern for <see cref="ValueTest.Regex"/>.</param>
    public FieldPredicate(string name, ValueTest test, string value, SafePattern? regex = null)
    {
        Text = name;
        Name = Encoding.UTF8.GetBytes(name);
        Test = test;
        Value = value;
        _value = Encoding.UTF8.GetBytes(value);
        _regex = regex;
    }

    public byte[] Name { get; }

    public string Text { get; }

    public ValueTest Test { get; }

    public string Value { get; }

    public bool Accepts(ReadOnlySpan<byte> value) => Test switch
    {
        ValueTest.Exact => value.SequenceEqual(_value),
        ValueTest.Prefix => value.StartsWith(_value),
        ValueTest.Regex => _regex!.IsMatch(value),
        _ => true,
    };

    /// <summary>True when every value that <paramref name="other"/> takes is certainly taken here too.</summary>
    public bool Covers(FieldPredicate other) => Text == other.Text && Test switch
    {
        ValueTest.Present => true,
        ValueTest.Exact => other.Test == ValueTest.Exact && other.Value == Value,
        ValueTest.Prefix => other.Test is ValueTest.Exact or ValueTest.Prefix && other.Value.StartsWith(Value, StringComparison.Ordinal),
        _ => (other.Test == ValueTest.Regex && other.Value == Value) || (other.Test == ValueTest.Exact && Accepts(other._value)),
    };

    public override string ToString() => Test switch
    {
        ValueTest.Exact => $"{Text} = '{Value}'",
        ValueTest.Prefix => $"{Text} begins with '{Value}'",
        ValueTest.Regex => $"{Text} matches '{Value}'",
        _ => $"{Text} is there",
    };
}
