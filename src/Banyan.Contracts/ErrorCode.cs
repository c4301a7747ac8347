namespace Banyan.Contracts;

/// <summary>A stable, documented error: <c>module/what-happened</c>. One page a code in <c>docs/reference/errors/</c>.</summary>
/// <param name="Code">Lower-case, <c>module/what-happened</c>; never reused for another meaning.</param>
/// <param name="Kind">The class of the error; decides the HTTP and the gRPC status.</param>
/// <param name="Title">A short sentence that is the same for every occurrence.</param>
public sealed record ErrorCode(string Code, ErrorKind Kind, string Title)
{
    /// <inheritdoc/>
    public override string ToString() => Code;
}
