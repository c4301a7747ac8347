namespace Banyan.Grpc;

/// <summary>Settings of one call.</summary>
public sealed record GrpcCallOptions
{
    /// <summary>How long the whole call may take, sent to the server too; null: no limit.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>When the call must have ended; the earlier one counts when <see cref="Timeout"/> is set as well.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>Sent with the call.</summary>
    public GrpcMetadata? Metadata { get; init; }

    /// <summary>Set it to learn the response's headers and trailers.</summary>
    public GrpcResponseMetadata? Response { get; init; }
}
