namespace Banyan.Resources;

/// <summary>How a write is meant.</summary>
/// <param name="Actor">Who writes; decides what is allowed and stands in the audit log.</param>
public sealed record WriteContext(Actor Actor)
{
    /// <summary>Who owns the fields that are written; by default the actor's name.</summary>
    public string? FieldManager { get; init; }

    /// <summary>Check everything and say what would change, but change nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>Of an apply: take over fields that other managers own.</summary>
    public bool Force { get; init; }

    /// <summary>The revision the object must be at; 0 = it must not exist; null = any.</summary>
    public long? IfMatch { get; init; }

    /// <summary>A write by the platform itself.</summary>
    public static WriteContext System { get; } = new(Actor.System);

    internal string Manager => FieldManager ?? Actor.Name;
}
