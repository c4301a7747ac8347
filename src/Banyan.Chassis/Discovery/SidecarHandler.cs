using System.Net.Sockets;

namespace Banyan.Chassis.Discovery;

/// <summary>
/// Sends <c>http://pets/…</c> through this program's sidecar, which knows the instances, retries and limits. Everything else passes as it is.
/// </summary>
internal sealed class SidecarHandler(ChassisOptions options) : DelegatingHandler
{
    // Reserved for names that are never looked up (RFC 6761 section 6.4): stands for the Unix socket, so that connections to it are pooled like others.
    private const string SocketHost = "sidecar.invalid";

    /// <summary>Makes a handler connect to the socket of the sidecar, when it has one.</summary>
    public static void Prepare(SocketsHttpHandler handler, Uri sidecar)
    {
        if (sidecar.Scheme != "unix")
        {
            return;
        }

        var path = sidecar.LocalPath;
        handler.ConnectCallback = async (context, cancellation) =>
        {
            var local = context.DnsEndPoint.Host == SocketHost;
            var socket = local ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(local ? new UnixDomainSocketEndPoint(path) : context.DnsEndPoint, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        };
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri is not { } uri || !ServiceNameHandler.IsServiceName(uri))
        {
            return await base.SendAsync(request, cancellationToken);
        }

        var sidecar = options.Sidecar!;
        request.Headers.Host ??= uri.Authority;
        request.RequestUri = sidecar.Scheme == "unix"
            ? new UriBuilder(uri) { Scheme = "http", Host = SocketHost, Port = 80 }.Uri
            : new UriBuilder(uri) { Scheme = "http", Host = sidecar.Host, Port = sidecar.Port }.Uri;
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConnectionError)
        {
            throw new HttpRequestException(
                e.HttpRequestError, $"Service '{uri.Host}' cannot be called: the sidecar does not answer at {sidecar.OriginalString}. Start 'banyan sidecar' with this address as --outbound.", e);
        }
    }
}
