namespace Banyan.Contracts;

/// <summary>A broken promise with a stable code, for example <c>registry/lease-expired</c>. Expected outcomes are values, not exceptions.</summary>
public class BanyanException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="error">The error's stable code and kind.</param>
    /// <param name="message">What happened, to which object, and what to do next.</param>
    /// <param name="inner">The cause, if another exception is.</param>
    public BanyanException(ErrorCode error, string message, Exception? inner = null)
        : base(message, inner) => Error = error;

    /// <summary>The error's stable code and kind.</summary>
    public ErrorCode Error { get; }

    /// <summary>Single faults by place, when the error is about a document; empty otherwise.</summary>
    public IReadOnlyList<Fault> Faults { get; init; } = [];

    /// <summary>What a machine needs to act on the error, for example the oldest revision that is left; empty otherwise. Travels with the error over gRPC.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = System.Collections.ObjectModel.ReadOnlyDictionary<string, string>.Empty;
}
