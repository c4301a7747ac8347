namespace Banyan.Gateway.Failures;

/// <summary>How one reason looks from outside.</summary>
/// <param name="Status">HTTP status. 499 is only logged: nobody is there to read it.</param>
/// <param name="ProxyError">Error type of RFC 9209 section 2.3.</param>
/// <param name="GrpcStatus">Status for gRPC callers.</param>
/// <param name="Code">The stable word behind <c>gateway/</c>.</param>
/// <param name="Title">The same for every occurrence.</param>
internal sealed record FailureForm(int Status, string ProxyError, int GrpcStatus, string Code, string Title);
