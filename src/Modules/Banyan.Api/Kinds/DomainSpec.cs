using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Banyan.Resources;

namespace Banyan.Api.Kinds;

/// <summary>What is wanted of a domain.</summary>
public sealed record DomainSpec
{
    /// <summary>What it is for, for people.</summary>
    [StringLength(1000)]
    public string? Description { get; init; }

    /// <summary>Which team answers for it.</summary>
    [StringLength(253)]
    public string? Owner { get; init; }
}

/// <summary>What is reported of a domain.</summary>
public sealed record DomainStatus
{
    /// <summary>The generation of the spec the conditions are about.</summary>
    public long ObservedGeneration { get; init; }

    /// <summary>Statements about it.</summary>
    public IReadOnlyList<Condition> Conditions { get; init; } = [];
}

/// <summary>How they are read and written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DomainSpec))]
[JsonSerializable(typeof(DomainStatus))]
internal sealed partial class DomainJson : JsonSerializerContext;
