namespace Banyan.Gateway.Kinds;

/// <summary>
/// What a header field or query parameter must be: at most one of the three forms; none of them = it must be there. Of several of the name, one that fits is enough.
/// </summary>
public sealed record RouteCondition
{
    /// <summary>The field's or parameter's name.</summary>
    public required string Name { get; init; }

    /// <summary>The whole value.</summary>
    public string? Exact { get; init; }

    /// <summary>What the value begins with.</summary>
    public string? Prefix { get; init; }

    /// <summary>A regular expression for the whole value, under the rules of <see cref="RouteSpec.PathRegex"/>.</summary>
    public string? Regex { get; init; }
}
