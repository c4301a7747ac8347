using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Banyan.Grpc.Client;
using Banyan.Grpc.Framing;
using Google.Protobuf;

namespace Banyan.Grpc;

/// <summary>
/// A client of one server. Keep one for the life of the program: it holds the connections, opens them when they are needed and again when they break.
/// Safe for concurrent use. A call that cannot reach the server fails with UNAVAILABLE; one that the server refused before it looked at it is sent again by itself.
/// A call whose own token is cancelled throws <see cref="OperationCanceledException"/>; every other failure is a <see cref="GrpcException"/>, or the
/// <see cref="Contracts.BanyanException"/> that the server threw.
/// </summary>
public sealed class GrpcChannel : IAsyncDisposable
{
    private readonly ConcurrentDictionary<GrpcMethod, Uri> _uris = new();
    private readonly MessageEncoder _encoder;
    private readonly Uri _base;
    private int _disposed;

    /// <summary>Creates the channel; nothing is connected yet.</summary>
    /// <param name="address"><c>http://host:port</c> (HTTP/2 without TLS), <c>https://host:port</c>, or <c>unix:/path/to/socket</c>.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    public GrpcChannel(Uri address, GrpcChannelOptions? options = null)
    {
        Address = address;
        Options = options ?? new GrpcChannelOptions();
        var socketPath = address.Scheme == "unix" ? address.AbsolutePath : null;
        _base = socketPath is null ? address : new Uri("http://localhost");
        if (_base.Scheme is not ("http" or "https"))
        {
            throw new ArgumentException($"'{address}' is no address of a gRPC server. Use http://host:port, https://host:port or unix:/path.", nameof(address));
        }

        _encoder = new MessageEncoder(Options.MaxSendMessageSize, Options.CompressionThreshold);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = System.Net.DecompressionMethods.None,
            ConnectTimeout = Options.ConnectTimeout,
            EnableMultipleHttp2Connections = Options.EnableMultipleHttp2Connections,
            KeepAlivePingDelay = Options.KeepAlivePingDelay,
            KeepAlivePingTimeout = Options.KeepAlivePingTimeout,
            KeepAlivePingPolicy = Options.KeepAliveWithoutCalls ? HttpKeepAlivePingPolicy.Always : HttpKeepAlivePingPolicy.WithActiveRequests,
            ConnectCallback = Options.ConnectCallback ?? (socketPath is null ? null : (_, cancellation) => ConnectUnixAsync(socketPath, cancellation)),
        };
        if (Options.Tls is { } tls)
        {
            handler.SslOptions = tls;
        }

        Http = new HttpMessageInvoker(handler);
    }

    /// <summary>The server's address.</summary>
    public Uri Address { get; }

    internal GrpcChannelOptions Options { get; }

    internal HttpMessageInvoker Http { get; }

    /// <summary>Calls a method with one request and one response.</summary>
    /// <exception cref="GrpcException">The call did not end with OK.</exception>
    public async Task<TResponse> UnaryAsync<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, TRequest request, GrpcCallOptions? options = null, CancellationToken cancellation = default)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        Check(method, GrpcMethodKind.Unary);
        CheckSize(request);
        using var call = new ClientCall<TRequest, TResponse>(this, method, options, streaming: false, cancellation);
        await call.StartAsync(new UnaryContent(request, _encoder));
        return await call.ReadSingleAsync();
    }

    /// <summary>Calls a method with one request and many responses. The call starts with the enumeration, and is cancelled when that is left early.</summary>
    /// <exception cref="GrpcException">The call did not end with OK; thrown after the last response.</exception>
    public async IAsyncEnumerable<TResponse> ServerStreamingAsync<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, TRequest request, GrpcCallOptions? options = null, [EnumeratorCancellation] CancellationToken cancellation = default)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        Check(method, GrpcMethodKind.ServerStreaming);
        CheckSize(request);
        using var call = new ClientCall<TRequest, TResponse>(this, method, options, streaming: true, cancellation);
        await call.StartAsync(new UnaryContent(request, _encoder));
        while (await call.ReadAsync() is { } response)
        {
            yield return response;
        }
    }

    /// <summary>Calls a method with many requests and one response. The call starts at once.</summary>
    public GrpcClientStreamCall<TRequest, TResponse> ClientStreaming<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, GrpcCallOptions? options = null, CancellationToken cancellation = default)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        Check(method, GrpcMethodKind.ClientStreaming);
        return new GrpcClientStreamCall<TRequest, TResponse>(
            new ClientCall<TRequest, TResponse>(this, method, options, streaming: true, cancellation), new StreamingContent(), _encoder);
    }

    /// <summary>Calls a method with many requests and many responses. The call starts at once.</summary>
    public GrpcDuplexCall<TRequest, TResponse> Duplex<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, GrpcCallOptions? options = null, CancellationToken cancellation = default)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        Check(method, GrpcMethodKind.DuplexStreaming);
        return new GrpcDuplexCall<TRequest, TResponse>(
            new ClientCall<TRequest, TResponse>(this, method, options, streaming: true, cancellation), new StreamingContent(), _encoder);
    }

    /// <summary>Closes the connections; open calls end with UNAVAILABLE.</summary>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            Http.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    internal Uri UriOf(GrpcMethod method) => _uris.GetOrAdd(method, static (m, root) => new Uri(root, m.Path), _base);

    private static async ValueTask<Stream> ConnectUnixAsync(string path, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void Check(GrpcMethod method, GrpcMethodKind kind)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        if (method.Kind != kind)
        {
            throw new ArgumentException($"Method '{method.FullName}' is {method.Kind}, not {kind}. Use the call of that kind.", nameof(method));
        }
    }

    private void CheckSize(IMessage request)
    {
        if (Options.MaxSendMessageSize != int.MaxValue && request.CalculateSize() is var size && size > Options.MaxSendMessageSize)
        {
            throw Frame.TooLargeToSend(size, Options.MaxSendMessageSize);
        }
    }
}
