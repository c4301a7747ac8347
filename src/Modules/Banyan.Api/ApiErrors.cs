using Banyan.Contracts;

namespace Banyan.Api;

/// <summary>Errors of the module <c>api</c>.</summary>
public static class ApiErrors
{
    /// <summary>A query parameter is unknown or has a wrong value.</summary>
    public static readonly ErrorCode BadQuery = new("api/bad-query", ErrorKind.Invalid, "A query parameter cannot be understood.");

    /// <summary>The address names a domain for a kind that has none, or none for a kind that has.</summary>
    public static readonly ErrorCode WrongScope = new("api/wrong-scope", ErrorKind.NotFound, "Objects of this kind are at another address.");

    /// <summary>All errors of the module.</summary>
    public static IReadOnlyList<ErrorCode> All { get; } = [BadQuery, WrongScope];
}
