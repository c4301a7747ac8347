using Banyan.Contracts;
using Banyan.Hosting;
using Banyan.Loops;
using Banyan.Loops.Tls;

namespace Banyan.Gateway.Listening;

/// <summary>
/// The gateway's own ports. They open once and stay through every change of routes and certificates.
/// </summary>
internal sealed class GatewayListener(GatewayOptions options, LoopTransport loops) : IAsyncDisposable
{
    /// <summary>Where HTTP/1.1 is served, with the real port; null while not started.</summary>
    public Uri? Http { get; private set; }

    /// <summary>Where HTTP/2 without TLS is served; null when it is not.</summary>
    public Uri? Http2 { get; private set; }

    /// <summary>Where TLS is served; null when it is not.</summary>
    public Uri? Https { get; private set; }

    /// <summary>Opens the ports.</summary>
    /// <exception cref="HostStartException">The address is taken or not allowed, or the loops that are asked for cannot be had.</exception>
    public Task StartAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Http = options.Http.UrlFor(loops.Start(IsPortable()));
        Http2 = options.Http2?.UrlFor(loops.Http2Port);
        Https = options.Https is { } https ? new UriBuilder(https.UrlFor(loops.SecurePort)) { Scheme = Uri.UriSchemeHttps }.Uri : null;
        return Task.CompletedTask;
    }

    /// <summary>Takes no new connection, lets running requests end within the token's time, then cuts.</summary>
    public Task StopAsync(CancellationToken cancellation) => loops.StopAsync(cancellation);

    public ValueTask DisposeAsync() => loops.DisposeAsync();

    private bool IsPortable()
    {
        var missing = EventLoop.HasEpoll ? options.Https is null ? null : TlsContext.MissingReason : "Event loops over epoll need Linux with 64 bits.";
        if (missing is not null && options.Transport == GatewayTransport.Loops)
        {
            throw Unusable("gateway.transport: loops", missing);
        }

        var portable = missing is not null || options.Transport == GatewayTransport.Framework;
        return portable && options.Handover is not null ? throw Unusable("gateway.handover", missing ?? "The framework's sockets are not handed over.") : portable;
    }

    private static HostStartException Unusable(string setting, string why) =>
        new(HostErrors.BadSettings, ExitCodes.InvalidInput, $"{setting} cannot be had here: {why} Leave it out.");
}
