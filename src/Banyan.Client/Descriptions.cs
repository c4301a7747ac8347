using System.Text.Json.Nodes;

namespace Banyan.Client;

/// <summary>A kind as the server lists it.</summary>
/// <param name="Name">The kind, for example <c>Route</c>.</param>
/// <param name="Plural">Its word in paths, for example <c>routes</c>.</param>
/// <param name="Scope"><c>domain</c> or <c>cluster</c>, in any case.</param>
/// <param name="Summary">One line for people.</param>
public sealed record KindDescription(string Name, string Plural, string Scope, string? Summary)
{
    /// <summary>True when its objects live in a domain.</summary>
    public bool InDomain => string.Equals(Scope, "domain", StringComparison.OrdinalIgnoreCase);
}

/// <summary>A module of the server's process.</summary>
/// <param name="Name">Its name, for example <c>registry</c>.</param>
/// <param name="State">Its state, for example <c>Running</c>.</param>
/// <param name="Since">Since when.</param>
/// <param name="NotReadyBecause">Why it is not ready; null when it is.</param>
public sealed record ModuleDescription(string Name, string State, DateTimeOffset? Since, string? NotReadyBecause);

/// <summary>Where an object is: its kind's plural, its domain (null for kinds without one) and its name.</summary>
/// <param name="Plural">The kind's word in paths.</param>
/// <param name="Domain">The domain, or null.</param>
/// <param name="Name">The name.</param>
public sealed record ResourceAddress(string Plural, string? Domain, string Name)
{
    internal string Path =>
        Domain is null
            ? $"api/v1/{Plural}/{BanyanClient.Escape(Name)}"
            : $"api/v1/domains/{BanyanClient.Escape(Domain)}/{Plural}/{BanyanClient.Escape(Name)}";
}

/// <summary>One page of objects, or all of them.</summary>
/// <param name="Items">The objects.</param>
/// <param name="Revision">The revision all of them were read at.</param>
/// <param name="Continue">Asks for the next page; null when there is none.</param>
public sealed record ResourcePage(IReadOnlyList<JsonObject> Items, long Revision, string? Continue);

/// <summary>How to apply a document.</summary>
public sealed record ApplyOptions
{
    /// <summary>Who applies, for the record of which fields are whose.</summary>
    public string Manager { get; init; } = "cli";

    /// <summary>Changes nothing and answers what would change.</summary>
    public bool DryRun { get; init; }

    /// <summary>Takes fields over that another manager owns.</summary>
    public bool Force { get; init; }
}

/// <summary>What an apply did.</summary>
/// <param name="Outcome"><c>created</c>, <c>updated</c> or <c>unchanged</c>.</param>
/// <param name="Object">The object as it is, or as it would be.</param>
/// <param name="Diff">What a dry run would change, in the server's form; null otherwise.</param>
public sealed record ApplyResult(string Outcome, JsonObject Object, JsonArray? Diff);

/// <summary>One change seen by a watch.</summary>
/// <param name="Type"><c>put</c>, <c>delete</c> or <c>progress</c>.</param>
/// <param name="Revision">The revision of the change; pass it as <c>after</c> to go on from here.</param>
/// <param name="Object">The object; null for progress marks.</param>
public sealed record ResourceEvent(string Type, long Revision, JsonObject? Object);
