using System.Text;
using Banyan.Hosting;
using Banyan.Loops;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Banyan.Gateway.Listening;

/// <summary>
/// The gateway's own ports. They open once and stay through every change of routes. TLS belongs here: a second address with certificates by name, terminated by
/// the same server.
/// </summary>
internal sealed class GatewayListener(GatewayOptions options, GatewayApplication application, LoopTransport loops, ILoggerFactory logs) : IAsyncDisposable
{
    private KestrelServer? _server;

    /// <summary>Where HTTP/1.1 is served, with the real port; null while not started.</summary>
    public Uri? Http { get; private set; }

    /// <summary>Where HTTP/2 without TLS is served; null when it is not.</summary>
    public Uri? Http2 { get; private set; }

    /// <summary>True when requests are served by the gateway's own event loops.</summary>
    public bool OnLoops => options.Transport == GatewayTransport.Loops || (options.Transport == GatewayTransport.Auto && EventLoop.IsSupported);

    /// <summary>Opens the ports.</summary>
    /// <exception cref="HostStartException">The address is taken or not allowed.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        if (OnLoops)
        {
            Http = options.Http.UrlFor(loops.Start());
            Http2 = options.Http2?.UrlFor(loops.Http2Port);
            return;
        }

        var kestrel = new KestrelServerOptions { AddServerHeader = false };

        // Bodies stream through; what a service accepts is the service's business.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.RequestHeaderEncodingSelector = static _ => Encoding.Latin1;
        kestrel.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;

        // The same limits as on the event loops.
        kestrel.Limits.MaxRequestLineSize = options.MaxRequestLine;
        kestrel.Limits.MaxRequestHeadersTotalSize = options.MaxHead;
        kestrel.Limits.MaxRequestHeaderCount = options.MaxFields;
        kestrel.Limits.RequestHeadersTimeout = options.RequestHeadTimeout;
        kestrel.Limits.KeepAliveTimeout = options.ClientIdleTimeout;
        kestrel.Limits.MaxConcurrentConnections = options.MaxConnections > 0 ? options.MaxConnections : null;

        kestrel.Listen(options.Http.EndPoint, listen => listen.Protocols = HttpProtocols.Http1);
        if (options.Http2 is { } http2)
        {
            kestrel.Listen(http2.EndPoint, listen => listen.Protocols = HttpProtocols.Http2);
        }

        var server = new KestrelServer(Options.Create(kestrel), new SocketTransportFactory(Options.Create(new SocketTransportOptions()), logs), logs);
        try
        {
            await server.StartAsync(application, cancellation);
        }
        catch (Exception e) when (StartFault(e) is { } fault)
        {
            server.Dispose();
            throw fault;
        }

        _server = server;
        var ports = server.Features.Get<IServerAddressesFeature>()!.Addresses.Select(a => new Uri(a).Port).ToArray();
        Http = options.Http.UrlFor(ports[0]);
        Http2 = options.Http2?.UrlFor(ports[^1]);
    }

    /// <summary>Takes no new connection, lets running requests end within the token's time, then cuts.</summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        var stopping = loops.StopAsync(cancellation);
        if (_server is { } server)
        {
            await server.StopAsync(cancellation);
        }

        await stopping;
    }

    public async ValueTask DisposeAsync()
    {
        _server?.Dispose();
        await loops.DisposeAsync();
    }

    // Which of the two ports it was is in the message of the cause.
    private HostStartException? StartFault(Exception e) =>
        options.Http2 is { } http2 && e.Message.Contains($":{http2.Port}", StringComparison.Ordinal) && http2.Port != options.Http.Port
            ? HostErrors.ForListen(e, http2, "gateway.http2")
            : HostErrors.ForListen(e, options.Http, "gateway.http");
}
