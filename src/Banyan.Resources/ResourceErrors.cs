using Banyan.Contracts;

namespace Banyan.Resources;

/// <summary>Errors of the resource model.</summary>
public static class ResourceErrors
{
    /// <summary>No such kind.</summary>
    public static readonly ErrorCode UnknownKind = new("resources/unknown-kind", ErrorKind.NotFound, "There is no such kind of object.");

    /// <summary>No such object.</summary>
    public static readonly ErrorCode NotFound = new("resources/not-found", ErrorKind.NotFound, "There is no such object.");

    /// <summary>Created already.</summary>
    public static readonly ErrorCode AlreadyExists = new("resources/already-exists", ErrorKind.AlreadyExists, "An object of that name exists already.");

    /// <summary>The document breaks rules; see the faults.</summary>
    public static readonly ErrorCode Invalid = new("resources/invalid", ErrorKind.Unprocessable, "The document breaks the rules of its kind.");

    /// <summary>A name that is no name.</summary>
    public static readonly ErrorCode BadName = new("resources/bad-name", ErrorKind.Invalid, "The name is not allowed.");

    /// <summary>A label selector that cannot be read.</summary>
    public static readonly ErrorCode BadSelector = new("resources/bad-selector", ErrorKind.Invalid, "The label selector cannot be read.");

    /// <summary>A continue token that cannot be read.</summary>
    public static readonly ErrorCode BadContinue = new("resources/bad-continue", ErrorKind.Invalid, "The continue token cannot be read.");

    /// <summary>Other managers own fields.</summary>
    public static readonly ErrorCode FieldConflict = new("resources/field-conflict", ErrorKind.Conflict, "Another manager owns fields of the document with other values.");

    /// <summary>Lost against other writers several times.</summary>
    public static readonly ErrorCode Conflict = new("resources/conflict", ErrorKind.Conflict, "The object changed while it was being written.");

    /// <summary>If-Match does not hold.</summary>
    public static readonly ErrorCode Stale = new("resources/stale", ErrorKind.Stale, "The object is at another revision.");

    /// <summary>History is gone.</summary>
    public static readonly ErrorCode Gone = new("resources/gone", ErrorKind.Gone, "The revision asked for is no longer kept.");

    /// <summary>Not allowed.</summary>
    public static readonly ErrorCode Forbidden = new("resources/forbidden", ErrorKind.Forbidden, "The credential may not do this.");

    /// <summary>The object would be too large.</summary>
    public static readonly ErrorCode TooLarge = new("resources/too-large", ErrorKind.TooLarge, "The object is too large.");

    /// <summary>Others need it.</summary>
    public static readonly ErrorCode InUse = new("resources/in-use", ErrorKind.Conflict, "The object is still needed.");

    /// <summary>All errors of the resource model.</summary>
    public static IReadOnlyList<ErrorCode> All { get; } =
        [UnknownKind, NotFound, AlreadyExists, Invalid, BadName, BadSelector, BadContinue, FieldConflict, Conflict, Stale, Gone, Forbidden, TooLarge, InUse];
}
