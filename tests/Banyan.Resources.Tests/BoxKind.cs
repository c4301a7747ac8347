using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Banyan.Resources.Tests;

/// <summary>A kind with every sort of field, for tests.</summary>
internal sealed class BoxKind() : ResourceKind<BoxSpec, BoxStatus>(
    "Box", "boxes", KindScope.Domain, "A box.", BoxJson.Default.BoxSpec, BoxJson.Default.BoxStatus)
{
    public override BoxSpec Default(ResourceName name, BoxSpec spec) => spec with { Colour = spec.Colour ?? "brown" };

    public override IEnumerable<string> ClaimsOf(string? domain, BoxSpec spec) => spec.Colour is { } colour ? [colour] : [];

    public override async ValueTask ValidateAsync(Resource<BoxSpec, BoxStatus> resource, ResourceValidation v, CancellationToken ct)
    {
        if (resource.Spec.Colour == "none")
        {
            v.Add("/spec/colour", "A box has a colour.");
        }

        if (resource.Spec.Colour == "gold" && await v.SharingAsync(this, resource, ct) is [var other, ..])
        {
            v.Add("/spec/colour", $"'{other.Name}' is the golden one.", "duplicate");
        }

        if (resource.Spec.Inside is { } outer)
        {
            await v.RequireExistsAsync("Box", new ResourceName(null, outer), "/spec/inside", ct);
        }
    }
}

/// <summary>A kind without a domain that refuses to go while boxes are in the domain of its name.</summary>
internal sealed class TestDomainKind() : ResourceKind<BoxSpec, BoxStatus>(
    "Domain", "domains", KindScope.Cluster, "A domain.", BoxJson.Default.BoxSpec, BoxJson.Default.BoxStatus)
{
    public override async ValueTask ValidateDeleteAsync(ResourceName name, ResourceValidation validation, CancellationToken cancellation)
    {
        foreach (var (kind, count) in await validation.CountObjectsInDomainAsync(name.Name, cancellation))
        {
            validation.Add("/metadata/name", $"{count} {kind.Plural}", "in-use");
        }
    }
}

internal enum Lid
{
    Open,
    Shut,
}

internal sealed record BoxSpec
{
    public string? Colour { get; init; }

    [Range(1, 100)]
    public int? Size { get; init; }

    [JsonConverter(typeof(JsonStringEnumConverter<Lid>))]
    public Lid? Lid { get; init; }

    public string? Inside { get; init; }

    public bool? Heavy { get; init; }

    public IReadOnlyList<Label>? Stickers { get; init; }

    public IReadOnlyDictionary<string, string>? Contents { get; init; }

    public Label? Front { get; init; }
}

internal sealed record Label
{
    public required string Text { get; init; }

    public double? Height { get; init; }
}

internal sealed record BoxStatus
{
    public int Things { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BoxSpec))]
[JsonSerializable(typeof(BoxStatus))]
internal sealed partial class BoxJson : JsonSerializerContext;
