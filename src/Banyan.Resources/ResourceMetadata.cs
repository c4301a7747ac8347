namespace Banyan.Resources;

/// <summary>What every object carries beside its spec and status.</summary>
public sealed record ResourceMetadata
{
    /// <summary>The tenant the object belongs to; null for kinds of cluster scope.</summary>
    public string? Domain { get; init; }

    /// <summary>Its name, unique within kind and domain.</summary>
    public required string Name { get; init; }

    /// <summary>Unlike every other object's that ever was, also one of the same name.</summary>
    public string Uid { get; init; } = string.Empty;

    /// <summary>The store revision that last wrote the object; the ETag over HTTP.</summary>
    public long Revision { get; init; }

    /// <summary>1 at creation, one more with every change of the spec.</summary>
    public long Generation { get; init; }

    /// <summary>Short key-value pairs that selectors look at.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = EmptyMap;

    /// <summary>Key-value pairs that nothing selects by.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = EmptyMap;

    /// <summary>The team or object that answers for this one.</summary>
    public string? Owner { get; init; }

    /// <summary>When it was created.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its deletion was asked for; it goes once <see cref="Finalizers"/> is empty.</summary>
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>Who must clean up before the object may go.</summary>
    public IReadOnlyList<string> Finalizers { get; init; } = [];

    /// <summary>The object's name with its domain.</summary>
    public ResourceName ToResourceName() => new(Domain, Name);

    private static readonly IReadOnlyDictionary<string, string> EmptyMap =
        System.Collections.Frozen.FrozenDictionary<string, string>.Empty;
}
