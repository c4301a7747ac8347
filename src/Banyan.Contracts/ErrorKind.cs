namespace Banyan.Contracts;

/// <summary>Classes of errors. Each maps to one HTTP status and one gRPC status.</summary>
public enum ErrorKind
{
    /// <summary>The input is wrong whatever the state: HTTP 400, gRPC INVALID_ARGUMENT.</summary>
    Invalid,

    /// <summary>No or unknown credential: HTTP 401, gRPC UNAUTHENTICATED.</summary>
    Unauthenticated,

    /// <summary>The credential may not do this: HTTP 403, gRPC PERMISSION_DENIED.</summary>
    Forbidden,

    /// <summary>No such object: HTTP 404, gRPC NOT_FOUND.</summary>
    NotFound,

    /// <summary>It exists already: HTTP 409, gRPC ALREADY_EXISTS.</summary>
    AlreadyExists,

    /// <summary>Somebody else changed or owns it: HTTP 409, gRPC ABORTED.</summary>
    Conflict,

    /// <summary>The revision in <c>If-Match</c> is not the current one: HTTP 412, gRPC FAILED_PRECONDITION.</summary>
    Stale,

    /// <summary>The start of a watch or a page has been compacted away: HTTP 410, gRPC OUT_OF_RANGE.</summary>
    Gone,

    /// <summary>Well-formed but against the rules of its kind: HTTP 422, gRPC INVALID_ARGUMENT.</summary>
    Unprocessable,

    /// <summary>Too many requests: HTTP 429, gRPC RESOURCE_EXHAUSTED.</summary>
    Throttled,

    /// <summary>Too large: HTTP 413, gRPC RESOURCE_EXHAUSTED.</summary>
    TooLarge,

    /// <summary>Not ready, or a dependency is away; try again: HTTP 503, gRPC UNAVAILABLE.</summary>
    Unavailable,

    /// <summary>The deadline passed: HTTP 504, gRPC DEADLINE_EXCEEDED.</summary>
    Timeout,

    /// <summary>A defect or lost data: HTTP 500, gRPC INTERNAL.</summary>
    Internal,
}
