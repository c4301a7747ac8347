namespace Banyan.Resources;

/// <summary>Which objects of a kind, and how many at a time.</summary>
public sealed record ResourceFilter
{
    /// <summary>Everything.</summary>
    public static ResourceFilter All { get; } = new();

    /// <summary>Only this domain; null = all domains.</summary>
    public string? Domain { get; init; }

    /// <summary>Only objects whose labels match; null = all.</summary>
    public LabelSelector? LabelSelector { get; init; }

    /// <summary>At most this many; 0 = all.</summary>
    public int Limit { get; init; }

    /// <summary>Go on where an earlier page ended, at that page's revision.</summary>
    public string? Continue { get; init; }
}
