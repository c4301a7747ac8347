using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Banyan.Chassis.Registration;

/// <summary>Where callers reach this instance.</summary>
internal sealed class AdvertisedAddress(ChassisOptions options, IServiceProvider services)
{
    /// <summary>Known once the server listens; null when this program listens on nothing.</summary>
    public (string Scheme, string Host, int Port)? Find()
    {
        var addresses = services.GetService<IServer>()?.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        var listening = addresses
            .Select(a => BindingAddressOf(a))
            .OrderBy(a => a.Scheme == "http" ? 0 : 1)
            .FirstOrDefault(a => a.Port > 0);
        if (options.Port is { } port)
        {
            return (listening.Scheme ?? "http", options.Host ?? HostOf(listening.Host), port);
        }

        return listening.Port > 0 ? (listening.Scheme!, options.Host ?? HostOf(listening.Host), listening.Port) : null;
    }

    private static (string Scheme, string Host, int Port) BindingAddressOf(string address)
    {
        var binding = Microsoft.AspNetCore.Http.BindingAddress.Parse(address);
        return binding.IsUnixPipe || binding.IsNamedPipe ? default : (binding.Scheme, binding.Host, binding.Port);
    }

    private string HostOf(string? listening)
    {
        if (listening == "localhost")
        {
            return "127.0.0.1";
        }

        if (listening is not null && IPAddress.TryParse(listening.Trim('[', ']'), out var address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any))
        {
            return address.ToString();
        }

        return OwnAddress();
    }

    // Listening everywhere: the address this machine would reach Banyan from is one that Banyan's side can reach. Connecting a datagram socket sends nothing.
    private string OwnAddress()
    {
        var banyan = options.Grpc!;
        if (banyan.IsLoopback || banyan.Scheme == "unix")
        {
            return "127.0.0.1";
        }

        try
        {
            using var socket = new Socket(SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(banyan.Host, banyan.Port);
            var own = ((IPEndPoint)socket.LocalEndPoint!).Address;
            return (own.IsIPv4MappedToIPv6 ? own.MapToIPv4() : own).ToString();
        }
        catch (SocketException)
        {
            return Dns.GetHostName();
        }
    }
}
