namespace Banyan.Grpc;

/// <summary>Settings of the gRPC server.</summary>
public sealed class GrpcServerOptions
{
    /// <summary>Largest request message in bytes, after decompression. Default 4 MiB.</summary>
    public int MaxReceiveMessageSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>Largest response message in bytes. Default: no limit of our own.</summary>
    public int MaxSendMessageSize { get; set; } = int.MaxValue;

    /// <summary>Responses of at least this many bytes are compressed by gzip when the client accepts it; null (default): never.</summary>
    public int? CompressionThreshold { get; set; }

    /// <summary>A connection on which nothing came for this long is pinged. Default 30 s.</summary>
    public TimeSpan KeepAlivePingDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>A connection that does not answer a ping for this long is closed. Default 20 s.</summary>
    public TimeSpan KeepAlivePingTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Calls one connection may have open at a time; more wait at the client or get a connection of their own. Default 2,000.</summary>
    public int MaxStreamsPerConnection { get; set; } = 2000;

    /// <summary>
    /// Let a client that reads slowly, or not for a while, keep its connection. Default true: gRPC's flow control is for that, and Kestrel's minimum response rate
    /// would close the connection with all its calls after some seconds. Applies to the whole Kestrel.
    /// </summary>
    public bool AllowSlowReaders { get; set; } = true;

    /// <summary>The clock that deadlines run on.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;
}
