using System.Net;
using System.Net.Sockets;
using Banyan.Contracts.Registry.V1;
using Banyan.Gateway.Sidecars;
using Banyan.Gateway.Tests.Support;
using Banyan.Hosting;
using Banyan.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Banyan.Gateway.Tests.Sidecars;

/// <summary>The module in a host, with a registry of the test.</summary>
internal sealed class RunningSidecar : IAsyncDisposable
{
    private RunningSidecar(ModuleHost host, GivenRegistry registry) => (Host, Registry) = (host, registry);

    public ModuleHost Host { get; }

    public GivenRegistry Registry { get; }

    public Sidecar Sidecar => Host.Services.GetRequiredService<Sidecar>();

    /// <summary>A sidecar of <c>pets</c>, listening on free ports, that has heard of these instances.</summary>
    public static async Task<RunningSidecar> StartAsync(Instance[] instances, params (string Name, string Value)[] settings)
    {
        var registry = new GivenRegistry();
        registry.Tell(instances);
        var sidecar = await StartAsync(registry, settings);
        await Eventually.True(() => sidecar.Host.NotReadyBecause is null, "the sidecar to be ready");
        return sidecar;
    }

    public static async Task<RunningSidecar> StartAsync(GivenRegistry registry, params (string Name, string Value)[] settings)
    {
        var all = new Dictionary<string, string>
        {
            ["host.target"] = "all,sidecar",
            ["host.http"] = "127.0.0.1:0",
            ["host.grpc"] = "127.0.0.1:0",
            ["sidecar.service"] = "pets",
            ["sidecar.outbound"] = "127.0.0.1:0",
            ["sidecar.drainDelay"] = "0s",

            // Nobody is there: policies are the defaults unless the test sets others.
            ["sidecar.server"] = $"http://127.0.0.1:{FreePort.Next()}",
        };
        foreach (var (name, value) in settings)
        {
            all[name] = value;
        }

        return new RunningSidecar(await ModuleHost.StartAsync([registry, new SidecarModule()], all), registry);
    }

    public Uri UrlOf(string face) => Host.UrlOf($"sidecar/{face}")!;

    public async Task<RawConnection> ConnectAsync(string face)
    {
        var url = UrlOf(face);
        var unix = url.Scheme == "unix";
        var socket = unix ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) : new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(unix ? new UnixDomainSocketEndPoint(url.LocalPath) : new IPEndPoint(IPAddress.Loopback, url.Port));
        return new RawConnection(socket);
    }

    /// <summary>Sends one request on a connection of its own; the whole answer.</summary>
    public async Task<string> AskAsync(string face, string target, string host, string method = "GET")
    {
        await using var client = await ConnectAsync(face);
        await client.SendAsync($"{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        return await client.ReadToEndAsync();
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
