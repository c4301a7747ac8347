using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using Banyan.Grpc.Framing;
using Banyan.Grpc.Protocol;
using Google.Protobuf;

namespace Banyan.Grpc.Client;

/// <summary>One call: its request head, its deadline, its response, its status. For one reader at a time; disposing it cancels what still runs.</summary>
internal sealed class ClientCall<TRequest, TResponse> : IDisposable
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    private readonly GrpcChannel _channel;
    private readonly GrpcMethod<TRequest, TResponse> _method;
    private readonly GrpcCallOptions? _options;
    private readonly CancellationToken _caller;
    private readonly TimeSpan? _timeout;
    private readonly CancellationTokenSource? _deadline;
    private readonly CancellationTokenSource? _linked;
    private HttpResponseMessage? _response;
    private Stream? _stream;
    private StreamMessageReader<TResponse>? _reader;
    private GrpcStatus? _status;
    private int _disposed;

    public ClientCall(GrpcChannel channel, GrpcMethod<TRequest, TResponse> method, GrpcCallOptions? options, bool streaming, CancellationToken caller)
    {
        _channel = channel;
        _method = method;
        _options = options;
        _caller = caller;
        _timeout = TimeoutOf(options, channel.Options.Clock);
        Cancellation = caller;
        if (_timeout is { } timeout)
        {
            var wait = timeout <= TimeSpan.Zero ? TimeSpan.Zero : timeout < GrpcServerContext.MaxTimer ? timeout : GrpcServerContext.MaxTimer;
            _deadline = new CancellationTokenSource(wait, channel.Options.Clock);
            _linked = CancellationTokenSource.CreateLinkedTokenSource(caller, _deadline.Token);
        }
        else if (streaming)
        {
            _linked = CancellationTokenSource.CreateLinkedTokenSource(caller);
        }

        Cancellation = _linked?.Token ?? caller;
    }

    /// <summary>Cancelled by the caller, by the deadline or by disposing.</summary>
    public CancellationToken Cancellation { get; }

    public GrpcMetadata Headers { get => field ??= new(); private set; }

    public GrpcMetadata Trailers { get => field ??= new(); private set; }

    /// <summary>True when the server has ended the call.</summary>
    public bool Ended => Volatile.Read(ref _status) is not null;

    /// <summary>Sends the request and waits for the response headers.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask StartAsync(HttpContent content)
    {
        try
        {
            if (_timeout <= TimeSpan.Zero)
            {
                throw DeadlineExceeded();
            }

            var request = new HttpRequestMessage(HttpMethod.Post, _channel.UriOf(_method))
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = content,
            };
            await AddHeadersAsync(request.Headers);
            _response = await _channel.Http.SendAsync(request, Cancellation);
            await AcceptAsync(_response);
        }
        catch (Exception e)
        {
            throw Translate(e);
        }
    }

    /// <summary>The next response; null when the call ended with OK.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<TResponse?> ReadAsync()
    {
        try
        {
            if (_reader is { } reader)
            {
                do
                {
                    if (reader.TryRead(out var message))
                    {
                        return message;
                    }
                }
                while (reader.Commit(await _stream!.ReadAsync(reader.Prepare(), Cancellation)));
            }

            ThrowUnlessOk();
            return null;
        }
        catch (Exception e)
        {
            throw Translate(e);
        }
    }

    /// <summary>The one response of a call that has one.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<TResponse> ReadSingleAsync()
    {
        try
        {
            TResponse? single = null;
            if (_reader is { } reader)
            {
                do
                {
                    while (reader.TryRead(out var message))
                    {
                        single = single is null
                            ? message
                            : throw new GrpcException(StatusCode.Unimplemented, $"{_channel.Address} answered '{_method.FullName}' with more than one message.");
                    }
                }
                while (reader.Commit(await _stream!.ReadAsync(reader.Prepare(), Cancellation)));
            }

            ThrowUnlessOk();
            return single ?? throw new GrpcException(StatusCode.Unimplemented, $"{_channel.Address} answered '{_method.FullName}' with OK but no message.");
        }
        catch (Exception e)
        {
            throw Translate(e);
        }
    }

    /// <summary>What a caller sees for what went wrong.</summary>
    public Exception Translate(Exception error) => error switch
    {
        GrpcException or Contracts.BanyanException => error,
        _ when _deadline is { IsCancellationRequested: true } => DeadlineExceeded(error),
        _ when _caller.IsCancellationRequested => new OperationCanceledException($"The call of '{_method.FullName}' was cancelled.", error, _caller),
        _ when Volatile.Read(ref _disposed) != 0 => new OperationCanceledException($"The call of '{_method.FullName}' was disposed before it ended.", error),
        InvalidOperationException or ArgumentException => error,
        _ => TransportErrors.From(error, _channel.Address),
    };

    /// <summary>The error for a write after the server ended the call.</summary>
    public Exception? EndedError() => Volatile.Read(ref _status) switch
    {
        null => null,
        { Code: StatusCode.OK } => new GrpcException(StatusCode.Cancelled, $"{_channel.Address} has ended the call of '{_method.FullName}'; it takes no more messages."),
        var status => ErrorDetails.ToException(status, Trailers),
    };

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        if (!Ended)
        {
            _linked?.Cancel();
        }

        _response?.Dispose();
        _reader?.Dispose();
        _linked?.Dispose();
        _deadline?.Dispose();
    }

    /// <summary>For a call that was disposed while it waited for the response headers: they may have come in between.</summary>
    public void DisposeResponse() => _response?.Dispose();

    private static TimeSpan? TimeoutOf(GrpcCallOptions? options, TimeProvider clock)
    {
        var left = options?.Deadline is { } deadline ? deadline - clock.GetUtcNow() : (TimeSpan?)null;
        return options?.Timeout is { } timeout && (left is null || timeout < left) ? timeout : left;
    }

    private static GrpcStatus? ReadStatus(HttpResponseHeaders headers)
    {
        var lines = headers.NonValidated;
        if (!lines.TryGetValues(GrpcHeaders.Status, out var text))
        {
            return null;
        }

        if (!GrpcHeaders.TryParseStatus(text.ToString(), out var code))
        {
            return new GrpcStatus(StatusCode.Unknown, $"The server sent the grpc-status '{text}', which is no number.");
        }

        var message = lines.TryGetValues(GrpcHeaders.Message, out var coded) ? PercentCoding.Decode(coded.ToString()) : string.Empty;
        var details = lines.TryGetValues(GrpcHeaders.StatusDetails, out var bytes) ? ErrorDetails.Parse(bytes.ToString()) : null;
        return code == StatusCode.OK && message.Length == 0 && details is null ? GrpcStatus.OK : new GrpcStatus(code, message, details);
    }

    private static GrpcMetadata ToMetadata(HttpResponseHeaders headers)
    {
        var result = new GrpcMetadata();
        foreach (var (name, values) in headers.NonValidated)
        {
            foreach (var value in values)
            {
                MetadataCoding.AddReceived(result, name, value);
            }
        }

        return result;
    }

    private static void Add(HttpRequestHeaders headers, GrpcMetadata? metadata)
    {
        if (metadata is { Count: > 0 })
        {
            foreach (var entry in metadata)
            {
                headers.TryAddWithoutValidation(entry.Key, entry.Value);
            }
        }
    }

    private GrpcException DeadlineExceeded(Exception? cause = null) =>
        new(StatusCode.DeadlineExceeded, $"The call of '{_method.FullName}' at {_channel.Address} did not end within its deadline.", cause);

    private async ValueTask AddHeadersAsync(HttpRequestHeaders headers)
    {
        headers.TryAddWithoutValidation(GrpcHeaders.Te, GrpcHeaders.Trailers);
        headers.TryAddWithoutValidation("user-agent", _channel.Options.UserAgent);
        headers.TryAddWithoutValidation(GrpcHeaders.AcceptEncoding, GrpcHeaders.AcceptedEncodings);
        if (_channel.Options.CompressionThreshold is not null)
        {
            headers.TryAddWithoutValidation(GrpcHeaders.Encoding, GrpcHeaders.Gzip);
        }

        if (_timeout is { } timeout)
        {
            headers.TryAddWithoutValidation(GrpcHeaders.Timeout, GrpcTimeout.Format(timeout));
        }

        if (_channel.Options.MetadataProvider is { } provider)
        {
            Add(headers, await provider(Cancellation));
        }

        Add(headers, _options?.Metadata);
    }

    private void ThrowUnlessOk()
    {
        if (_status is null)
        {
            SetStatus(
                ReadStatus(_response!.TrailingHeaders) ?? new GrpcStatus(StatusCode.Internal, $"{_channel.Address} ended the call without a status."),
                _response.TrailingHeaders);
        }

        if (_status!.Code != StatusCode.OK)
        {
            throw ErrorDetails.ToException(_status, Trailers);
        }
    }

    private async ValueTask AcceptAsync(HttpResponseMessage response)
    {
        var lines = response.Headers.NonValidated;
        if (ReadStatus(response.Headers) is { } early)
        {
            SetStatus(early, response.Headers);
            return;
        }

        var type = response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var value) ? value.ToString() : null;
        if (response.StatusCode != HttpStatusCode.OK || !GrpcHeaders.IsGrpcContentType(type))
        {
            var code = response.StatusCode == HttpStatusCode.OK ? StatusCode.Unknown : TransportErrors.FromHttpStatus(response.StatusCode);
            throw new GrpcException(code, $"{_channel.Address} answered '{_method.FullName}' with HTTP {(int)response.StatusCode} and content type '{type}', which is no gRPC.");
        }

        var gzip = false;
        if (lines.TryGetValues(GrpcHeaders.Encoding, out var encoding))
        {
            gzip = string.Equals(encoding.ToString(), GrpcHeaders.Gzip, StringComparison.OrdinalIgnoreCase);
            if (!gzip && !string.Equals(encoding.ToString(), GrpcHeaders.Identity, StringComparison.OrdinalIgnoreCase))
            {
                throw new GrpcException(StatusCode.Internal, $"{_channel.Address} answered in the encoding '{encoding}', which was not offered.");
            }
        }

        if (_options?.Response is not null || _linked is not null)
        {
            Headers = ToMetadata(response.Headers);
            if (_options?.Response is { } wanted)
            {
                wanted.Headers = Headers;
            }
        }

        _stream = await response.Content.ReadAsStreamAsync(CancellationToken.None);
        _reader = new StreamMessageReader<TResponse>(new MessageDecoder<TResponse>(_method.ResponseParser, _channel.Options.MaxReceiveMessageSize, gzip));
    }

    private void SetStatus(GrpcStatus status, HttpResponseHeaders trailers)
    {
        // Only who asks, or gets an exception, pays for the trailers.
        if (status.Code != StatusCode.OK || _options?.Response is not null || _linked is not null)
        {
            Trailers = ToMetadata(trailers);
            if (_options?.Response is { } wanted)
            {
                wanted.Trailers = Trailers;
            }
        }

        Volatile.Write(ref _status, status);
    }
}
