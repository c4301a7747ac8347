using System.Net.Security;

namespace Banyan.Grpc;

/// <summary>Settings of a client channel.</summary>
public sealed class GrpcChannelOptions
{
    /// <summary>Largest response message in bytes, after decompression. Default 4 MiB.</summary>
    public int MaxReceiveMessageSize { get; init; } = 4 * 1024 * 1024;

    /// <summary>Largest request message in bytes. Default: no limit of our own.</summary>
    public int MaxSendMessageSize { get; init; } = int.MaxValue;

    /// <summary>Requests of at least this many bytes are compressed by gzip; null (default): none. Compressed responses are always understood.</summary>
    public int? CompressionThreshold { get; init; }

    /// <summary>How long opening a connection may take. Default 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A connection with open calls on which nothing came for this long is pinged. Default 30 s.</summary>
    public TimeSpan KeepAlivePingDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A connection that does not answer a ping for this long is closed, and its calls end with UNAVAILABLE. Default 20 s.</summary>
    public TimeSpan KeepAlivePingTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Ping idle connections too. Default false.</summary>
    public bool KeepAliveWithoutCalls { get; init; }

    /// <summary>Open another connection when the server allows no more calls on the present ones. Default true.</summary>
    public bool EnableMultipleHttp2Connections { get; init; } = true;

    /// <summary>Gives metadata that every call carries, a bearer token for example. Asked once a call; null adds nothing.</summary>
    public Func<CancellationToken, ValueTask<GrpcMetadata?>>? MetadataProvider { get; init; }

    /// <summary>Opens the connections, in place of TCP to the address.</summary>
    public Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>>? ConnectCallback { get; init; }

    /// <summary>TLS settings for an <c>https</c> address: trusted roots, client certificate.</summary>
    public SslClientAuthenticationOptions? Tls { get; init; }

    /// <summary>Sent as <c>user-agent</c>.</summary>
    public string UserAgent { get; init; } = "banyan-grpc/" + typeof(GrpcChannelOptions).Assembly.GetName().Version?.ToString(3);

    /// <summary>The clock that deadlines run on.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
