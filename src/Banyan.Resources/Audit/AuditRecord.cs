using System.Text.Json.Nodes;

namespace Banyan.Resources.Audit;

/// <summary>One recorded change.</summary>
/// <param name="Key">Its place in the log; records of one object are in order.</param>
/// <param name="Revision">The revision of the change itself: record and change are one transaction.</param>
/// <param name="Document">The record as JSON: <c>revision, at, actor{name, role, address}, verb, kind, domain, name, manager, before, after</c>.</param>
public sealed record AuditRecord(string Key, long Revision, JsonObject Document);

/// <summary>What to record.</summary>
/// <param name="Actor">Who.</param>
/// <param name="Verb">create, replace, patch, apply, status, delete, rotate; of instances: drain, deregister.</param>
/// <param name="Kind">The object's kind in documents.</param>
/// <param name="Name">Which object.</param>
/// <param name="Manager">The field manager, where there is one.</param>
/// <param name="Before">The object before, as JSON; empty when it was not there. Nothing secret.</param>
/// <param name="After">The object after, as JSON; empty when it is gone. Nothing secret.</param>
public sealed record AuditEntry(
    Actor Actor, string Verb, string Kind, ResourceName Name, string? Manager, ReadOnlyMemory<byte> Before, ReadOnlyMemory<byte> After);

/// <summary>Which records.</summary>
public sealed record AuditFilter
{
    /// <summary>At most this many; 0 = 100.</summary>
    public int Limit { get; init; }

    /// <summary>Go on where an earlier page ended.</summary>
    public string? Continue { get; init; }

    /// <summary>Only this kind.</summary>
    public string? Kind { get; init; }

    /// <summary>Only this domain.</summary>
    public string? Domain { get; init; }

    /// <summary>Only objects of this name.</summary>
    public string? Name { get; init; }

    /// <summary>Only changes by this actor.</summary>
    public string? Actor { get; init; }
}

/// <summary>Records, newest first.</summary>
/// <param name="Items">The records.</param>
/// <param name="Revision">The revision they were read at.</param>
/// <param name="Continue">Asks for older ones; null when there are none.</param>
public sealed record AuditPage(IReadOnlyList<AuditRecord> Items, long Revision, string? Continue);
