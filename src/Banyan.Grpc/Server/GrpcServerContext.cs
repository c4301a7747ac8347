using System.Net;
using Banyan.Grpc.Protocol;
using Microsoft.AspNetCore.Http;

namespace Banyan.Grpc;

/// <summary>One call, seen by its handler. Valid until the handler returns.</summary>
public sealed class GrpcServerContext
{
    private readonly CancellationTokenSource? _deadlineSource;
    private readonly CancellationTokenSource? _linkedSource;
    private GrpcMetadata? _requestMetadata;
    private GrpcMetadata? _responseHeaders;
    private GrpcMetadata? _responseTrailers;

    internal GrpcServerContext(HttpContext http, GrpcMethod method, TimeSpan? timeout, TimeProvider clock, CancellationToken stopping)
    {
        HttpContext = http;
        Method = method;
        Stopping = stopping;
        if (timeout is { } left)
        {
            var now = clock.GetUtcNow();
            Deadline = left < DateTimeOffset.MaxValue - now ? now + left : DateTimeOffset.MaxValue;
            _deadlineSource = new CancellationTokenSource(left < MaxTimer ? left : MaxTimer, clock);
            _linkedSource = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, _deadlineSource.Token);
        }
    }

    // The longest a timer can wait; a deadline beyond it is as good as none.
    internal static TimeSpan MaxTimer { get; } = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    /// <summary>Cancelled when the caller cancels, its connection breaks, or the deadline passes. Pass it on.</summary>
    public CancellationToken Cancellation => _linkedSource?.Token ?? HttpContext.RequestAborted;

    /// <summary>Cancelled when the host begins to stop. A stream without an end of its own must end then: the host waits for it.</summary>
    public CancellationToken Stopping { get; }

    /// <summary>When the caller gives up, or null when it waits for ever.</summary>
    public DateTimeOffset? Deadline { get; }

    /// <summary>The method that is called.</summary>
    public GrpcMethod Method { get; }

    /// <summary>What the caller sent along.</summary>
    public GrpcMetadata RequestMetadata => _requestMetadata ??= ReadRequestMetadata();

    /// <summary>Sent before the first message: changes after that have no effect.</summary>
    public GrpcMetadata ResponseHeaders => _responseHeaders ??= new();

    /// <summary>Sent with the status.</summary>
    public GrpcMetadata ResponseTrailers => _responseTrailers ??= new();

    /// <summary>The caller's address: <c>ipv4:127.0.0.1:5000</c>, <c>ipv6:[::1]:5000</c> or <c>unix:</c>.</summary>
    public string Peer => HttpContext.Connection.RemoteIpAddress switch
    {
        null => "unix:",
        { IsIPv4MappedToIPv6: true } mapped => $"ipv4:{mapped.MapToIPv4()}:{HttpContext.Connection.RemotePort}",
        { AddressFamily: System.Net.Sockets.AddressFamily.InterNetwork } ip => $"ipv4:{ip}:{HttpContext.Connection.RemotePort}",
        var ip => $"ipv6:{new IPEndPoint(ip, HttpContext.Connection.RemotePort)}",
    };

    /// <summary>The HTTP exchange that carries the call: the caller's identity, the connection, the host's services.</summary>
    public HttpContext HttpContext { get; }

    /// <summary>As <see cref="Cancellation"/> but none without a deadline: the transport's own operations fail by themselves when the caller is gone.</summary>
    internal CancellationToken TransportCancellation => _linkedSource?.Token ?? CancellationToken.None;

    internal bool DeadlinePassed => _deadlineSource is { IsCancellationRequested: true };

    /// <summary>The status of a call whose handler returned: too late is too late even so.</summary>
    internal GrpcStatus FinalStatus => DeadlinePassed ? new GrpcStatus(StatusCode.DeadlineExceeded, "The call's deadline passed.") : GrpcStatus.OK;

    internal bool HasResponseHeaders => _responseHeaders is { Count: > 0 };

    internal bool HasResponseTrailers => _responseTrailers is { Count: > 0 };

    /// <summary>Sends the response headers now, before the first message.</summary>
    public async Task SendHeadersAsync()
    {
        if (!HttpContext.Response.HasStarted)
        {
            WriteHeaders();
            await HttpContext.Response.StartAsync(Cancellation);
        }

        await HttpContext.Response.BodyWriter.FlushAsync(Cancellation);
    }

    internal void WriteHeaders()
    {
        if (HasResponseHeaders)
        {
            Append(_responseHeaders!, HttpContext.Response.Headers);
        }
    }

    internal void WriteTrailers(IHeaderDictionary target)
    {
        if (HasResponseTrailers)
        {
            Append(_responseTrailers!, target);
        }
    }

    internal void Release()
    {
        _linkedSource?.Dispose();
        _deadlineSource?.Dispose();
    }

    private static void Append(GrpcMetadata metadata, IHeaderDictionary target)
    {
        foreach (var entry in metadata)
        {
            target.Append(entry.Key, entry.Value);
        }
    }

    private GrpcMetadata ReadRequestMetadata()
    {
        var result = new GrpcMetadata();
        foreach (var (name, values) in HttpContext.Request.Headers)
        {
            foreach (var value in values)
            {
                MetadataCoding.AddReceived(result, name, value ?? string.Empty);
            }
        }

        return result;
    }
}
