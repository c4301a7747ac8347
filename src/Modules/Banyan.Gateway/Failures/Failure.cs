using Banyan.Gateway.Limits;

namespace Banyan.Gateway.Failures;

/// <summary>An expected bad end as a value. <c>default</c> = none.</summary>
/// <param name="Reason">The class.</param>
/// <param name="Detail">What happened to which object; goes to the client, so it names nothing secret.</param>
internal readonly record struct Failure(FailureReason Reason, string? Detail = null)
{
    /// <summary>The limit that refused the request, when <see cref="FailureReason.RateLimited"/>.</summary>
    public RateLimit? Limit { get; init; }

    /// <summary>When it is worth asking again, in whole seconds; 0 = not known.</summary>
    public int RetryAfterSeconds { get; init; }

    public static Failure None => default;

    public bool IsNone => Reason == FailureReason.None;
}
