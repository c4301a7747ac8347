using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Banyan.Console.Views;
using Banyan.Contracts.Registry.V1;
using Banyan.Resources;

namespace Banyan.Console.State;

/// <summary>What the console has heard, at one moment. Never changes; <see cref="LiveState"/> swaps it.</summary>
internal sealed record ConsoleSnapshot
{
    public static ConsoleSnapshot Empty { get; } = new();

    public ImmutableDictionary<(string Domain, string Service, string Id), Instance> Instances { get; init; } =
        ImmutableDictionary<(string, string, string), Instance>.Empty;

    /// <summary>Plural to objects.</summary>
    public ImmutableDictionary<string, ImmutableSortedDictionary<ResourceName, JsonObject>> Resources { get; init; } =
        ImmutableDictionary<string, ImmutableSortedDictionary<ResourceName, JsonObject>>.Empty;

    /// <summary>Newest first; a bounded number.</summary>
    public ImmutableList<ChangeView> Changes { get; init; } = [];

    /// <summary>What the gateway of this process last said; null when there is none, or nobody has looked.</summary>
    public GatewayReading? Gateway { get; init; }

    /// <summary>Source to the reason why it cannot be followed now.</summary>
    public ImmutableDictionary<string, string> Gaps { get; init; } = ImmutableDictionary<string, string>.Empty;

    public ImmutableSortedDictionary<ResourceName, JsonObject> Documents(string plural) => Resources.GetValueOrDefault(plural, NoDocuments);

    public static ImmutableSortedDictionary<ResourceName, JsonObject> NoDocuments { get; } =
        ImmutableSortedDictionary.Create<ResourceName, JsonObject>(Comparer<ResourceName>.Create(
            (a, b) => string.CompareOrdinal(a.Domain, b.Domain) is var order and not 0 ? order : string.CompareOrdinal(a.Name, b.Name)));
}
