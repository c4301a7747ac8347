using Banyan.Contracts;

namespace Banyan.Http;

/// <summary>Errors of the HTTP edge.</summary>
public static class HttpErrors
{
    /// <summary>No or unknown credential.</summary>
    public static readonly ErrorCode Unauthenticated = new("http/unauthenticated", ErrorKind.Unauthenticated, "A known credential is needed.");

    /// <summary>The credential's role does not allow it.</summary>
    public static readonly ErrorCode Forbidden = new("http/forbidden", ErrorKind.Forbidden, "The credential may not do this.");

    /// <summary>No such address.</summary>
    public static readonly ErrorCode NotFound = new("http/not-found", ErrorKind.NotFound, "There is nothing at this address.");

    /// <summary>Not with this method.</summary>
    public static readonly ErrorCode MethodNotAllowed = new("http/method-not-allowed", ErrorKind.Invalid, "The address does not take this method.");

    /// <summary>The body is no JSON.</summary>
    public static readonly ErrorCode MalformedJson = new("http/malformed-json", ErrorKind.Invalid, "The body is no well-formed JSON.");

    /// <summary>A query parameter or header cannot be read.</summary>
    public static readonly ErrorCode BadRequest = new("http/bad-request", ErrorKind.Invalid, "The request cannot be understood.");

    /// <summary>The body is in another format.</summary>
    public static readonly ErrorCode UnsupportedMediaType = new("http/unsupported-media-type", ErrorKind.Invalid, "The body is in a format that is not taken here.");

    /// <summary>The body is too large.</summary>
    public static readonly ErrorCode BodyTooLarge = new("http/body-too-large", ErrorKind.TooLarge, "The body is too large.");

    /// <summary>The store does not answer.</summary>
    public static readonly ErrorCode StoreUnavailable = new("http/store-unavailable", ErrorKind.Unavailable, "The store does not answer.");

    /// <summary>The store is full.</summary>
    public static readonly ErrorCode StoreFull = new("http/store-full", ErrorKind.Unavailable, "The store has no space left.");

    /// <summary>A defect.</summary>
    public static readonly ErrorCode Internal = new("http/internal", ErrorKind.Internal, "Something went wrong that should not.");

    /// <summary>No such credential.</summary>
    public static readonly ErrorCode CredentialNotFound = new("http/credential-not-found", ErrorKind.NotFound, "There is no such credential.");

    /// <summary>A credential of that name is there.</summary>
    public static readonly ErrorCode CredentialExists = new("http/credential-exists", ErrorKind.AlreadyExists, "A credential of that name exists already.");

    /// <summary>The request for a credential breaks rules.</summary>
    public static readonly ErrorCode CredentialInvalid = new("http/credential-invalid", ErrorKind.Unprocessable, "The request for a credential breaks the rules.");

    /// <summary>The last administrator must stay.</summary>
    public static readonly ErrorCode LastAdministrator = new("http/last-administrator", ErrorKind.Conflict, "The last administrator cannot be deleted.");

    /// <summary>All errors of the HTTP edge.</summary>
    public static IReadOnlyList<ErrorCode> All { get; } =
    [
        Unauthenticated, Forbidden, NotFound, MethodNotAllowed, MalformedJson, BadRequest, UnsupportedMediaType, BodyTooLarge, StoreUnavailable, StoreFull,
        Internal, CredentialNotFound, CredentialExists, CredentialInvalid, LastAdministrator,
    ];
}
