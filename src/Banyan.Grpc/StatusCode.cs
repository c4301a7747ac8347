namespace Banyan.Grpc;

/// <summary>The gRPC status codes, with the numbers they have on the wire.</summary>
public enum StatusCode
{
    /// <summary>Success.</summary>
    OK = 0,

    /// <summary>The caller cancelled the call.</summary>
    Cancelled = 1,

    /// <summary>The server failed in a way it does not explain.</summary>
    Unknown = 2,

    /// <summary>The request is wrong whatever the server's state.</summary>
    InvalidArgument = 3,

    /// <summary>The deadline passed.</summary>
    DeadlineExceeded = 4,

    /// <summary>No such object.</summary>
    NotFound = 5,

    /// <summary>The object exists already.</summary>
    AlreadyExists = 6,

    /// <summary>The caller may not do this.</summary>
    PermissionDenied = 7,

    /// <summary>Too much: a quota, a rate, a size.</summary>
    ResourceExhausted = 8,

    /// <summary>The server is not in the state that the call needs.</summary>
    FailedPrecondition = 9,

    /// <summary>Somebody else was faster; start again from reading.</summary>
    Aborted = 10,

    /// <summary>The position asked for does not exist (any more).</summary>
    OutOfRange = 11,

    /// <summary>The server has no such service or method.</summary>
    Unimplemented = 12,

    /// <summary>A defect, or a broken message.</summary>
    Internal = 13,

    /// <summary>The server cannot be reached or is not ready; try again.</summary>
    Unavailable = 14,

    /// <summary>Data is lost or corrupt.</summary>
    DataLoss = 15,

    /// <summary>No or an unknown credential.</summary>
    Unauthenticated = 16,
}
