namespace Banyan.Contracts;

/// <summary>Exit codes of the <c>banyan</c> executable. They are part of its interface: scripts test them, so a number never changes its meaning.</summary>
public static class ExitCodes
{
    /// <summary>It worked.</summary>
    public const int Success = 0;

    /// <summary>It did not work, and no other code says why.</summary>
    public const int Failure = 1;

    /// <summary>The command line is wrong: unknown option, missing argument, impossible combination.</summary>
    public const int Usage = 2;

    /// <summary>The named object does not exist.</summary>
    public const int NotFound = 3;

    /// <summary>Somebody else changed or owns the object, or it exists already.</summary>
    public const int Conflict = 4;

    /// <summary>No credential, an unknown one, or one that may not do this.</summary>
    public const int Denied = 5;

    /// <summary>The server does not answer or is not ready.</summary>
    public const int Unreachable = 6;

    /// <summary>The time allowed with <c>--timeout</c> is over.</summary>
    public const int Timeout = 7;

    /// <summary>A document, a setting or a file is wrong; every fault was named.</summary>
    public const int InvalidInput = 8;

    /// <summary>A port the platform needs is taken by another program.</summary>
    public const int PortInUse = 9;

    /// <summary>The data directory is locked by another process, not writable, or written by a newer version.</summary>
    public const int DataDirectoryUnusable = 10;

    /// <summary>Stored data is damaged; <c>banyan store verify</c> says where.</summary>
    public const int DataDamaged = 11;

    /// <summary>A module, or a worker of one, failed; the platform stopped what was left in order.</summary>
    public const int ModuleFailed = 12;

    /// <summary>A module was not stopped within its deadline; the log names it.</summary>
    public const int StopOverran = 13;

    /// <summary>Ended by Ctrl-C before the work was done.</summary>
    public const int Interrupted = 130;

    /// <summary>The code for an error of this kind.</summary>
    public static int For(ErrorKind kind) => kind switch
    {
        ErrorKind.Invalid or ErrorKind.Unprocessable or ErrorKind.TooLarge => InvalidInput,
        ErrorKind.Unauthenticated or ErrorKind.Forbidden => Denied,
        ErrorKind.NotFound => NotFound,
        ErrorKind.AlreadyExists or ErrorKind.Conflict or ErrorKind.Stale => Conflict,
        ErrorKind.Unavailable or ErrorKind.Throttled => Unreachable,
        ErrorKind.Timeout => Timeout,
        _ => Failure,
    };
}
