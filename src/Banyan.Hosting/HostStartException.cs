using Banyan.Contracts;

namespace Banyan.Hosting;

/// <summary>The process cannot start; the message says why and what to do, and the exit code says it to scripts.</summary>
public sealed class HostStartException : BanyanException
{
    /// <summary>Creates the exception.</summary>
    public HostStartException(ErrorCode error, int exitCode, string message, Exception? inner = null)
        : base(error, message, inner) => ExitCode = exitCode;

    /// <summary>The code the process should end with; one of <see cref="ExitCodes"/>.</summary>
    public int ExitCode { get; }
}
