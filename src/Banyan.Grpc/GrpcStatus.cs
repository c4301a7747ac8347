namespace Banyan.Grpc;

/// <summary>How a call ended.</summary>
/// <param name="Code">The code.</param>
/// <param name="Detail">What happened, for developers; empty when there is nothing to say.</param>
/// <param name="Details">Typed details (<c>google.rpc.Status</c>, sent as <c>grpc-status-details-bin</c>), if there are any.</param>
public sealed record GrpcStatus(StatusCode Code, string Detail = "", Rpc.Status? Details = null)
{
    /// <summary>Success.</summary>
    public static GrpcStatus OK { get; } = new(StatusCode.OK);

    /// <inheritdoc/>
    public override string ToString() => Detail.Length == 0 ? Code.ToString() : $"{Code}: {Detail}";
}
