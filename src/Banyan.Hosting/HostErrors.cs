using System.Net.Sockets;
using Banyan.Contracts;
using Microsoft.AspNetCore.Connections;

namespace Banyan.Hosting;

/// <summary>Errors of the module host.</summary>
public static class HostErrors
{
    /// <summary>Modules do not fit together.</summary>
    public static ErrorCode BadModules { get; } = new("host/bad-modules", ErrorKind.Internal, "The modules do not fit together.");

    /// <summary>A target names no module.</summary>
    public static ErrorCode UnknownTarget { get; } = new("host/unknown-target", ErrorKind.Invalid, "The target names no module.");

    /// <summary>A required contract is neither in this process nor at a known address.</summary>
    public static ErrorCode MissingContract { get; } = new("host/missing-contract", ErrorKind.Invalid, "A required contract is neither in this process nor at a known address.");

    /// <summary>Settings are wrong.</summary>
    public static ErrorCode BadSettings { get; } = new("host/bad-settings", ErrorKind.Invalid, "Settings are wrong.");

    /// <summary>A port cannot be listened on.</summary>
    public static ErrorCode PortUnusable { get; } = new("host/port-unusable", ErrorKind.Unavailable, "A port cannot be listened on.");

    /// <summary>The data directory cannot be used.</summary>
    public static ErrorCode DataDirectoryUnusable { get; } = new("host/data-directory", ErrorKind.Unavailable, "The data directory cannot be used.");

    /// <summary>A module did not start, or failed while it ran.</summary>
    public static ErrorCode ModuleFailed { get; } = new("host/module-failed", ErrorKind.Internal, "A module failed.");

    /// <summary>A module is not running (yet, or any more).</summary>
    public static ErrorCode ModuleNotRunning { get; } = new("host/module-not-running", ErrorKind.Unavailable, "The module does not run.");

    /// <summary>What to tell when an address cannot be listened on; null when the exception is about something else.</summary>
    /// <param name="cause">What binding threw.</param>
    /// <param name="address">The address that was tried.</param>
    /// <param name="setting">The setting it comes from, for example <c>gateway.http</c>.</param>
    public static HostStartException? ForListen(Exception cause, ListenAddress address, string setting)
    {
        for (var e = cause; e is not null; e = e.InnerException)
        {
            if (e is AddressInUseException or SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse })
            {
                return new(
                    PortUnusable,
                    ExitCodes.PortInUse,
                    $"Port {address.Port} is taken: another program listens on {address}. Stop it, or choose another address with '--set {setting}=HOST:PORT'.",
                    cause);
            }

            if (e is SocketException { SocketErrorCode: SocketError.AccessDenied })
            {
                return new(PortUnusable, ExitCodes.PortInUse, $"This user may not listen on {address}. Choose a port of 1024 or more with '--set {setting}=HOST:PORT'.", cause);
            }

            if (e is SocketException { SocketErrorCode: SocketError.AddressNotAvailable })
            {
                return new(PortUnusable, ExitCodes.PortInUse, $"This machine has no address {address.Host}. Set '{setting}' to one it has, or to '*:{address.Port}' for all.", cause);
            }
        }

        return null;
    }
}
