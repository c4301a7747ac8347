using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Banyan.Gateway.Forwarding;

/// <summary>
/// The connections to all instances. One handler for the process: its pools are by address, so they outlive route tables and clusters. It adds, follows, stores
/// and unpacks nothing.
/// </summary>
internal sealed class UpstreamTransport : IDisposable
{
    /// <summary>How long opening a connection for a request may take; absent = the option.</summary>
    public static readonly HttpRequestOptionsKey<TimeSpan> ConnectTimeout = new("banyan.connect");

    private readonly HttpMessageInvoker _invoker;
    private readonly TimeSpan _connectTimeout;
    private readonly TimeProvider _clock;

    public UpstreamTransport(GatewayOptions options, TimeProvider clock)
    {
        _connectTimeout = options.ConnectTimeout;
        _clock = clock;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            EnableMultipleHttp2Connections = true,
            PooledConnectionIdleTimeout = options.UpstreamIdleTimeout,
            ConnectTimeout = Timeout.InfiniteTimeSpan,
            ConnectCallback = ConnectAsync,

            // A broken-off answer closes its connection; reading the rest of it for reuse would let a slow upstream hold us.
            MaxResponseDrainSize = 0,
            MaxResponseHeadersLength = 64,

            // Bytes 0x80 to 0xFF of field values pass as they are.
            RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,

            // The service decides with its own 100 or final status; see RequestBody. Idle time is bounded by the exchange's deadline.
            Expect100ContinueTimeout = TimeSpan.FromHours(1),
        };
        _invoker = new HttpMessageInvoker(handler, disposeHandler: true);
    }

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation) => _invoker.SendAsync(request, cancellation);

    public void Dispose() => _invoker.Dispose();

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var target = context.DnsEndPoint;
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var time = context.InitialRequestMessage.Options.TryGetValue(ConnectTimeout, out var own) ? own : _connectTimeout;
        using var timeout = new CancellationTokenSource(time, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            await socket.ConnectAsync(target, either.Token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (OperationCanceledException e) when (timeout.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            socket.Dispose();
            throw new UpstreamConnectException(FailureReason.UpstreamConnectTimedOut, $"{target.Host}:{target.Port} did not accept a connection within {time.TotalSeconds:0.###} s.", e);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            var reason = e.SocketErrorCode == SocketError.ConnectionRefused ? FailureReason.UpstreamConnectRefused : FailureReason.UpstreamConnectFailed;
            throw new UpstreamConnectException(reason, $"{target.Host}:{target.Port}: {e.Message}.", e);
        }
        catch (OperationCanceledException)
        {
            socket.Dispose();
            throw;
        }
    }
}
