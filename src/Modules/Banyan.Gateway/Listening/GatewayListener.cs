using System.Text;
using Banyan.Contracts;
using Banyan.Gateway.Certificates;
using Banyan.Hosting;
using Microsoft.AspNetCore.Hosting;
using Banyan.Loops;
using Banyan.Loops.Tls;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Banyan.Gateway.Listening;

/// <summary>
/// The gateway's own ports. They open once and stay through every change of routes and certificates.
/// </summary>
internal sealed class GatewayListener(
    GatewayOptions options, GatewayApplication application, LoopTransport loops, TlsHandshakes tls, IServiceProvider services, ILoggerFactory logs) : IAsyncDisposable
{
    private KestrelServer? _server;

    /// <summary>Where HTTP/1.1 is served, with the real port; null while not started.</summary>
    public Uri? Http { get; private set; }

    /// <summary>Where HTTP/2 without TLS is served; null when it is not.</summary>
    public Uri? Http2 { get; private set; }

    private bool SecureOnLoops => OnLoops && options.Https is not null && TlsContext.IsSupported;

    /// <summary>Where TLS is served; null when it is not.</summary>
    public Uri? Https { get; private set; }

    /// <summary>True when requests without TLS are served by the gateway's own event loops.</summary>
    public bool OnLoops => options.Transport == GatewayTransport.Loops || (options.Transport == GatewayTransport.Auto && EventLoop.IsSupported);

    /// <summary>Opens the ports.</summary>
    /// <exception cref="HostStartException">The address is taken or not allowed.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        if (OnLoops)
        {
            Http = options.Http.UrlFor(loops.Start(SecureOnLoops));
            Http2 = options.Http2?.UrlFor(loops.Http2Port);
            Https = SecureOnLoops ? Secure(loops.SecurePort) : null;
            if (options.Https is null || SecureOnLoops)
            {
                return;
            }
        }

        var kestrel = new KestrelServerOptions { AddServerHeader = false, ApplicationServices = services };

        // Bodies stream through; what a service accepts is the service's business.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MinResponseDataRate = null;

        // A connection of HTTP/2 whose client vanished without a word is noticed by a ping; Kestrel's default is never. What else bounds HTTP/2 is in docs/guides/tls.md.
        kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
        kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(20);
        kestrel.RequestHeaderEncodingSelector = static _ => Encoding.Latin1;
        kestrel.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;

        // The same limits as on the event loops.
        kestrel.Limits.MaxRequestLineSize = options.MaxRequestLine;
        kestrel.Limits.MaxRequestHeadersTotalSize = options.MaxHead;
        kestrel.Limits.MaxRequestHeaderCount = options.MaxFields;
        kestrel.Limits.RequestHeadersTimeout = options.RequestHeadTimeout;
        kestrel.Limits.KeepAliveTimeout = options.ClientIdleTimeout;
        kestrel.Limits.MaxConcurrentConnections = options.MaxConnections > 0 ? options.MaxConnections : null;

        if (!OnLoops && (options.Http.UnixPath ?? options.Http2?.UnixPath) is { } path)
        {
            throw new HostStartException(
                HostErrors.PortUnusable, ExitCodes.PortInUse, $"The gateway cannot listen on unix:{path}: there are no event loops on this system. Set gateway.http and gateway.http2 to HOST:PORT.");
        }

        if (!OnLoops)
        {
            kestrel.Listen(options.Http.EndPoint, listen => listen.Protocols = HttpProtocols.Http1);
        }

        if (!OnLoops && options.Http2 is { } http2)
        {
            kestrel.Listen(http2.EndPoint, listen => listen.Protocols = HttpProtocols.Http2);
        }

        if (options.Https is { } https && !SecureOnLoops)
        {
            var handshakes = tls.Prepare();
            kestrel.Listen(https.EndPoint, listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.UseHttps(handshakes);
            });
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
        var next = 0;
        if (!OnLoops)
        {
            Http = options.Http.UrlFor(ports[next++]);
            Http2 = options.Http2?.UrlFor(ports[next]);
        }

        Https ??= options.Https is not null ? Secure(ports[^1]) : null;
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

    private Uri Secure(int port) => new UriBuilder(options.Https!.UrlFor(port)) { Scheme = Uri.UriSchemeHttps }.Uri;

    // Which of the ports it was is in the message of the cause.
    private HostStartException? StartFault(Exception e)
    {
        foreach (var (address, setting) in new[] { (options.Https, "gateway.https"), (options.Http2, "gateway.http2") })
        {
            if (address is not null && address.Port != options.Http.Port && e.Message.Contains($":{address.Port}", StringComparison.Ordinal))
            {
                return HostErrors.ForListen(e, address, setting);
            }
        }

        return HostErrors.ForListen(e, options.Http, "gateway.http");
    }
}
