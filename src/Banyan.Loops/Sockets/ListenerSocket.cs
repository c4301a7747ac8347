using System.Text;

using Banyan.Loops.Native;

namespace Banyan.Loops.Sockets;

/// <summary>Opens and examines listening sockets.</summary>
internal static unsafe class ListenerSocket
{
    public static int Open(in LoopAddress address, ListenOptions options)
    {
        if (address.Kind == AddressKind.Unix)
        {
            RemoveStaleFile(address);
        }

        var descriptor = Libc.Socket(address.Family, Libc.SockStream | Libc.SockNonBlock | Libc.SockCloseOnExec, 0);
        if (descriptor < 0)
        {
            throw Failure(address, Libc.LastError);
        }

        try
        {
            SetOptions(descriptor, address, options);
            var bytes = stackalloc byte[LoopAddress.MaxSocketAddress];
            var span = new Span<byte>(bytes, LoopAddress.MaxSocketAddress);
            span.Clear();
            if (Libc.Bind(descriptor, bytes, (uint)address.Write(span)) != 0)
            {
                throw Failure(address, Libc.LastError);
            }

            if (address.Path is { } path && path[0] != '@' && !OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, options.UnixMode);
            }

            return Libc.Listen(descriptor, options.Backlog) == 0 ? descriptor : throw Failure(address, Libc.LastError);
        }
        catch
        {
            _ = Libc.Close(descriptor);
            throw;
        }
    }

    /// <summary>Where a listening socket listens.</summary>
    public static LoopAddress AddressOf(int descriptor)
    {
        var bytes = stackalloc byte[LoopAddress.MaxSocketAddress];
        var length = (uint)LoopAddress.MaxSocketAddress;
        if (Libc.LocalName(descriptor, bytes, &length) != 0)
        {
            throw NotListening(descriptor, Errno.Describe(Libc.LastError));
        }

        var span = new ReadOnlySpan<byte>(bytes, (int)length);
        return Libc.Option(descriptor, Libc.SolSocket, Libc.SoDomain) == Libc.AfUnix ? LoopAddress.ReadUnix(span) : LoopAddress.Read(span);
    }

    public static void CheckListening(int descriptor)
    {
        if (Libc.Option(descriptor, Libc.SolSocket, Libc.SoAcceptConnections) != 1)
        {
            throw NotListening(descriptor, "it does not listen");
        }
    }

    private static LoopException NotListening(int descriptor, string why) =>
        new($"Descriptor {descriptor} cannot be accepted on: {why}. Hand over the descriptor of a listening stream socket.");

    private static void SetOptions(int descriptor, in LoopAddress address, ListenOptions options)
    {
        if (address.Kind == AddressKind.Unix)
        {
            return;
        }

        LoopSocket.SetTcpOptions(descriptor);
        _ = Libc.TrySetOption(descriptor, Libc.SolSocket, Libc.SoReuseAddress, 1);
        if (options.SharedPort && !Libc.TrySetOption(descriptor, Libc.SolSocket, Libc.SoReusePort, 1))
        {
            throw Failure(address, Libc.LastError);
        }

        if (address.Kind == AddressKind.Ipv6)
        {
            _ = Libc.TrySetOption(descriptor, Libc.IpProtocolIpv6, Libc.Ipv6Only, options.DualStack ? 0 : 1);
        }
    }

    /// <summary>A file left by a process that ended would keep the address taken for good; one that somebody listens on is not touched.</summary>
    public static void RemoveStaleFile(in LoopAddress address)
    {
        if (address.Path![0] == '@' || !File.Exists(address.Path))
        {
            return;
        }

        var probe = Libc.Socket(Libc.AfUnix, Libc.SockStream | Libc.SockNonBlock | Libc.SockCloseOnExec, 0);
        if (probe < 0)
        {
            throw Failure(address, Libc.LastError);
        }

        var bytes = stackalloc byte[LoopAddress.MaxSocketAddress];
        var span = new Span<byte>(bytes, LoopAddress.MaxSocketAddress);
        span.Clear();
        var refused = Libc.Connect(probe, bytes, (uint)address.Write(span)) != 0 && Libc.LastError == Errno.ConnectionRefused;
        _ = Libc.Close(probe);
        if (refused && IsSocket(address.Path))
        {
            File.Delete(address.Path);
        }
    }

    /// <summary>An ordinary file refuses connections too, and must not be deleted. Opening tells them apart: a socket cannot be opened.</summary>
    private static bool IsSocket(string path)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            var descriptor = Libc.Open(name, Libc.OpenNonBlock | Libc.OpenCloseOnExec);
            var error = Libc.LastError;
            if (descriptor >= 0)
            {
                _ = Libc.Close(descriptor);
                return false;
            }

            return error == Errno.NoSuchDevice;
        }
    }

    public static LoopException Failure(in LoopAddress address, int error) => new(error switch
    {
        Errno.AddressInUse => $"Cannot listen on {address}: another socket has the address. Stop the program that uses it, or choose another address.",
        Errno.AddressNotAvailable => $"Cannot listen on {address}: the address is not one of this machine. Use one of its own, or 0.0.0.0 or [::] for all.",
        Errno.NotPermitted or Errno.AccessDenied => $"Cannot listen on {address}: not permitted. Choose a port above 1023 or a directory this user may write to.",
        _ => $"Cannot listen on {address}: {Errno.Describe(error)}.",
    });
}
