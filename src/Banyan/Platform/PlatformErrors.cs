using Banyan.Contracts;

namespace Banyan.Platform;

/// <summary>Errors of the executable itself.</summary>
internal static class PlatformErrors
{
    public static ErrorCode NotBuiltIn { get; } = new("platform/not-built-in", ErrorKind.NotFound, "This build does not have that.");
}
