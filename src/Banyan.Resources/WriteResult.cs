using System.Text.Json.Nodes;

namespace Banyan.Resources;

/// <summary>What a write did.</summary>
public enum WriteOutcome
{
    /// <summary>The object is new.</summary>
    Created,

    /// <summary>The object changed.</summary>
    Updated,

    /// <summary>The object was like that already; nothing was written.</summary>
    Unchanged,

    /// <summary>The object is gone.</summary>
    Deleted,

    /// <summary>The object is marked and goes once its finalisers are removed.</summary>
    Deleting,
}

/// <summary>One changed field.</summary>
/// <param name="Pointer">Where (RFC 6901).</param>
/// <param name="Before">The value before; null when it was not there.</param>
/// <param name="After">The value after; null when it is no longer there.</param>
public sealed record FieldChange(string Pointer, JsonNode? Before, JsonNode? After);

/// <summary>The result of a write.</summary>
/// <param name="Outcome">What was done, or would be done by a dry run.</param>
/// <param name="Document">The object afterwards; of a deletion the object as it was.</param>
/// <param name="Changes">Every changed field of spec and metadata, by pointer.</param>
public sealed record WriteResult(WriteOutcome Outcome, ResourceDocument Document, IReadOnlyList<FieldChange> Changes);
