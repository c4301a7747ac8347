namespace Banyan.Grpc;

/// <summary>
/// A call that ended with another status than OK. A handler throws it to answer with that status; a client gets it unless the status carries an error of
/// Banyan's own, which arrives as <see cref="Contracts.BanyanException"/>.
/// </summary>
public sealed class GrpcException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="status">How the call ended.</param>
    /// <param name="inner">The cause, if another exception is.</param>
    public GrpcException(GrpcStatus status, Exception? inner = null)
        : base(status.ToString(), inner) => Status = status;

    /// <summary>Creates the exception.</summary>
    /// <param name="code">The status code.</param>
    /// <param name="detail">What happened, and what to do next.</param>
    /// <param name="inner">The cause, if another exception is.</param>
    public GrpcException(StatusCode code, string detail, Exception? inner = null)
        : this(new GrpcStatus(code, detail), inner)
    {
    }

    /// <summary>How the call ended.</summary>
    public GrpcStatus Status { get; }

    /// <summary>The status code.</summary>
    public StatusCode StatusCode => Status.Code;

    /// <summary>The trailers the server sent with the status; a handler's own go to <see cref="GrpcServerContext.ResponseTrailers"/> instead.</summary>
    public GrpcMetadata Trailers { get; init; } = new();
}
