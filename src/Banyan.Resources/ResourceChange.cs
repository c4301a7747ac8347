namespace Banyan.Resources;

/// <summary>One change of an object, as a watch tells it.</summary>
/// <param name="Deleted">True when the object is gone, or no longer matches the selector.</param>
/// <param name="Name">Which object.</param>
/// <param name="Revision">The revision of the change.</param>
/// <param name="Document">The object; null when it was deleted.</param>
public sealed record ResourceChange(bool Deleted, ResourceName Name, long Revision, ResourceDocument? Document);

/// <summary>All changes of one or more whole revisions.</summary>
/// <param name="Revision">Everything up to and including this revision has been told.</param>
/// <param name="Changes">In order; empty for a progress mark.</param>
public sealed record ResourceChanges(long Revision, IReadOnlyList<ResourceChange> Changes);
