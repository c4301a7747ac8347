using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

using Banyan.Loops.Native;

namespace Banyan.Loops.Sockets;

/// <summary>Where a stream socket listens or connects to: an IP address with a port, or a Unix socket's path.</summary>
public readonly record struct LoopAddress
{
    /// <summary>Longest path of a Unix socket, in bytes of UTF-8 (unix(7)).</summary>
    public const int MaxPathBytes = 107;

    /// <summary>What a Unix address begins with in text.</summary>
    public const string UnixPrefix = "unix:";

    internal const int MaxSocketAddress = 128;

    private const int UnixPathOffset = 2;

    private readonly UInt128 _ip;
    private readonly uint _scope;

    private LoopAddress(AddressKind kind, UInt128 ip, int port, uint scope, string? path)
    {
        Kind = kind;
        _ip = ip;
        Port = port;
        _scope = scope;
        Path = path;
    }

    /// <summary>What the address is of.</summary>
    public AddressKind Kind { get; }

    /// <summary>The port; 0 for a Unix socket, and before the system chose one.</summary>
    public int Port { get; }

    /// <summary>The path of a Unix socket; a leading <c>@</c> stands for a name without a file. Otherwise null.</summary>
    public string? Path { get; }

    /// <summary>An IP address with a port. IPv6 addresses that stand for IPv4 become IPv4.</summary>
    public static LoopAddress Of(IPAddress address, int port)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)port, 65535u, nameof(port));
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        return length == 4
            ? new(AddressKind.Ipv4, BinaryPrimitives.ReadUInt32BigEndian(bytes), port, 0, null)
            : new(AddressKind.Ipv6, BinaryPrimitives.ReadUInt128BigEndian(bytes), port, (uint)address.ScopeId, null);
    }

    /// <summary>A Unix socket's path, at most <see cref="MaxPathBytes"/> bytes.</summary>
    public static LoopAddress Unix(string path)
    {
        var bytes = Encoding.UTF8.GetByteCount(path);
        if (bytes is 0 or > MaxPathBytes || path.Contains('\0'))
        {
            throw new ArgumentException($"'{path}' cannot be the path of a Unix socket: it has {bytes} bytes, and 1 to {MaxPathBytes} without NUL are possible.", nameof(path));
        }

        return new(AddressKind.Unix, 0, 0, 0, path);
    }

    /// <summary>Reads <c>127.0.0.1:80</c>, <c>[::1]:80</c> or <c>unix:/path</c>; false for anything else, names of hosts included.</summary>
    public static bool TryParse(string text, out LoopAddress address)
    {
        address = default;
        if (text.StartsWith(UnixPrefix, StringComparison.Ordinal))
        {
            var path = text[UnixPrefix.Length..];
            if (path.Length == 0 || path.Contains('\0') || Encoding.UTF8.GetByteCount(path) > MaxPathBytes)
            {
                return false;
            }

            address = Unix(path);
            return true;
        }

        // The framework reads '::1:80' as an address of IPv6 alone and '1:80' as an address of IPv4 in one number.
        if ((text.Count(c => c == ':') > 1 && text[0] != '[') || !IPEndPoint.TryParse(text, out var endpoint) || endpoint.Port == 0 || !text.EndsWith($":{endpoint.Port}", StringComparison.Ordinal)
            || (text[0] != '[' && text.AsSpan(0, text.IndexOf(':')).Count('.') != 3))
        {
            return false;
        }

        address = Of(endpoint.Address, endpoint.Port);
        return true;
    }

    /// <summary>The same address without its port.</summary>
    public LoopAddress WithoutPort => new(Kind, _ip, 0, _scope, Path);

    /// <summary>The IP address; null for a Unix socket or none.</summary>
    public IPAddress? ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, _ip);
        return Kind switch
        {
            AddressKind.Ipv4 => new IPAddress(bytes[12..]),
            AddressKind.Ipv6 => new IPAddress(bytes, _scope),
            _ => null,
        };
    }

    /// <summary>The same for the framework's sockets.</summary>
    public EndPoint ToEndPoint() =>
        Kind == AddressKind.Unix ? new UnixDomainSocketEndPoint(Path![0] == '@' ? '\0' + Path[1..] : Path) : new IPEndPoint(ToIPAddress() ?? throw NoKind(), Port);

    /// <summary>What a socket of the framework says about its ends; <see cref="AddressKind.None"/> for the nameless end of a Unix socket.</summary>
    internal static LoopAddress Of(EndPoint? endpoint) => endpoint switch
    {
        IPEndPoint ip => Of(ip.Address, ip.Port),
        UnixDomainSocketEndPoint unix when unix.ToString() is { Length: > 0 } path => Unix(path),
        _ => default,
    };

    /// <summary>As <see cref="TryParse"/> reads it.</summary>
    public override string ToString() => Kind switch
    {
        AddressKind.None => "none",
        AddressKind.Unix => UnixPrefix + Path,
        _ => new IPEndPoint(ToIPAddress()!, Port).ToString(),
    };

    internal int Family => Kind switch
    {
        AddressKind.Ipv4 => Libc.AfInet,
        AddressKind.Ipv6 => Libc.AfInet6,
        AddressKind.Unix => Libc.AfUnix,
        _ => throw NoKind(),
    };

    /// <summary>Writes the <c>sockaddr</c> into <see cref="MaxSocketAddress"/> zeroed bytes; its length.</summary>
    internal int Write(Span<byte> socketAddress)
    {
        var family = (ushort)Family;
        MemoryMarshal.Write(socketAddress, in family);
        switch (Kind)
        {
            case AddressKind.Ipv4:
                BinaryPrimitives.WriteUInt16BigEndian(socketAddress[2..], (ushort)Port);
                BinaryPrimitives.WriteUInt32BigEndian(socketAddress[4..], (uint)_ip);
                return 16;
            case AddressKind.Ipv6:
                BinaryPrimitives.WriteUInt16BigEndian(socketAddress[2..], (ushort)Port);
                BinaryPrimitives.WriteUInt128BigEndian(socketAddress[8..], _ip);
                var scope = _scope;
                MemoryMarshal.Write(socketAddress[24..], in scope);
                return 28;
            default:
                var length = Encoding.UTF8.GetBytes(Path!, socketAddress[UnixPathOffset..]);
                if (Path![0] == '@')
                {
                    socketAddress[UnixPathOffset] = 0;
                    return UnixPathOffset + length;
                }

                return UnixPathOffset + length + 1;
        }
    }

    /// <summary>Reads a <c>sockaddr</c>. The peers of Unix sockets come out as <see cref="AddressKind.None"/>, because clients do not bind; listeners keep their own path.</summary>
    internal static LoopAddress Read(ReadOnlySpan<byte> socketAddress)
    {
        if (socketAddress.Length < 16)
        {
            return default;
        }

        int port = BinaryPrimitives.ReadUInt16BigEndian(socketAddress[2..]);
        switch (MemoryMarshal.Read<ushort>(socketAddress))
        {
            case Libc.AfInet:
                return new(AddressKind.Ipv4, BinaryPrimitives.ReadUInt32BigEndian(socketAddress[4..]), port, 0, null);
            case Libc.AfInet6 when socketAddress.Length >= 28:
                var ip = BinaryPrimitives.ReadUInt128BigEndian(socketAddress[8..]);
                return ip >> 32 == 0xFFFF
                    ? new(AddressKind.Ipv4, (uint)ip, port, 0, null)
                    : new(AddressKind.Ipv6, ip, port, MemoryMarshal.Read<uint>(socketAddress[24..]), null);
            default:
                return default;
        }
    }

    private static InvalidOperationException NoKind() =>
        new("An address of no kind cannot be listened on or connected to; give an IP address with a port or a Unix path.");

    /// <summary>The path in a Unix <c>sockaddr</c>.</summary>
    internal static LoopAddress ReadUnix(ReadOnlySpan<byte> socketAddress)
    {
        if (socketAddress.Length <= UnixPathOffset)
        {
            return default;
        }

        var path = socketAddress[UnixPathOffset..];
        return path[0] == 0 ? Unix("@" + Encoding.UTF8.GetString(path[1..])) : Unix(Encoding.UTF8.GetString(path.TrimEnd((byte)0)));
    }
}
