using Banyan.Contracts;

namespace Banyan.Client;

/// <summary>Errors the client itself finds; all others are the server's.</summary>
public static class ClientErrors
{
    /// <summary>Nothing listens at the address, or the connection broke.</summary>
    public static readonly ErrorCode Unreachable = new("client/unreachable", ErrorKind.Unavailable, "The server does not answer.");

    /// <summary>No answer within the client's own time limit.</summary>
    public static readonly ErrorCode TimedOut = new("client/timed-out", ErrorKind.Timeout, "The server did not answer in time.");

    /// <summary>The answer is not what a Banyan server says.</summary>
    public static readonly ErrorCode UnexpectedAnswer = new("client/unexpected-answer", ErrorKind.Internal, "The answer is not one of a Banyan server.");
}
