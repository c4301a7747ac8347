namespace Banyan.Wire.Fields;

/// <summary>A field name the gateway or most requests know. 63 of them, so that a set of names is one word (<see cref="FieldSet"/>).</summary>
public enum FieldId : byte
{
    /// <summary>Any other name.</summary>
    Unknown,

    /// <summary>Accept.</summary>
    Accept,

    /// <summary>Accept-Encoding.</summary>
    AcceptEncoding,

    /// <summary>Accept-Language.</summary>
    AcceptLanguage,

    /// <summary>Accept-Ranges.</summary>
    AcceptRanges,

    /// <summary>Age.</summary>
    Age,

    /// <summary>Alt-Svc.</summary>
    AltSvc,

    /// <summary>Authorization.</summary>
    Authorization,

    /// <summary>Cache-Control.</summary>
    CacheControl,

    /// <summary>Connection.</summary>
    Connection,

    /// <summary>Content-Disposition.</summary>
    ContentDisposition,

    /// <summary>Content-Encoding.</summary>
    ContentEncoding,

    /// <summary>Content-Language.</summary>
    ContentLanguage,

    /// <summary>Content-Length.</summary>
    ContentLength,

    /// <summary>Content-Location.</summary>
    ContentLocation,

    /// <summary>Content-Range.</summary>
    ContentRange,

    /// <summary>Content-Type.</summary>
    ContentType,

    /// <summary>Cookie.</summary>
    Cookie,

    /// <summary>Date.</summary>
    Date,

    /// <summary>ETag.</summary>
    ETag,

    /// <summary>Expect.</summary>
    Expect,

    /// <summary>Expires.</summary>
    Expires,

    /// <summary>Forwarded.</summary>
    Forwarded,

    /// <summary>grpc-timeout.</summary>
    GrpcTimeout,

    /// <summary>Host.</summary>
    Host,

    /// <summary>HTTP2-Settings.</summary>
    Http2Settings,

    /// <summary>Idempotency-Key.</summary>
    IdempotencyKey,

    /// <summary>If-Match.</summary>
    IfMatch,

    /// <summary>If-Modified-Since.</summary>
    IfModifiedSince,

    /// <summary>If-None-Match.</summary>
    IfNoneMatch,

    /// <summary>If-Range.</summary>
    IfRange,

    /// <summary>Keep-Alive.</summary>
    KeepAlive,

    /// <summary>Last-Modified.</summary>
    LastModified,

    /// <summary>Location.</summary>
    Location,

    /// <summary>Max-Forwards.</summary>
    MaxForwards,

    /// <summary>Origin.</summary>
    Origin,

    /// <summary>Priority.</summary>
    Priority,

    /// <summary>Proxy-Authenticate.</summary>
    ProxyAuthenticate,

    /// <summary>Proxy-Authorization.</summary>
    ProxyAuthorization,

    /// <summary>Proxy-Connection.</summary>
    ProxyConnection,

    /// <summary>Proxy-Status.</summary>
    ProxyStatus,

    /// <summary>Range.</summary>
    Range,

    /// <summary>Referer.</summary>
    Referer,

    /// <summary>Retry-After.</summary>
    RetryAfter,

    /// <summary>Sec-WebSocket-Accept.</summary>
    SecWebSocketAccept,

    /// <summary>Sec-WebSocket-Extensions.</summary>
    SecWebSocketExtensions,

    /// <summary>Sec-WebSocket-Key.</summary>
    SecWebSocketKey,

    /// <summary>Sec-WebSocket-Protocol.</summary>
    SecWebSocketProtocol,

    /// <summary>Sec-WebSocket-Version.</summary>
    SecWebSocketVersion,

    /// <summary>Server.</summary>
    Server,

    /// <summary>Set-Cookie.</summary>
    SetCookie,

    /// <summary>TE.</summary>
    Te,

    /// <summary>traceparent.</summary>
    TraceParent,

    /// <summary>tracestate.</summary>
    TraceState,

    /// <summary>Trailer.</summary>
    Trailer,

    /// <summary>Transfer-Encoding.</summary>
    TransferEncoding,

    /// <summary>Upgrade.</summary>
    Upgrade,

    /// <summary>User-Agent.</summary>
    UserAgent,

    /// <summary>Vary.</summary>
    Vary,

    /// <summary>Via.</summary>
    Via,

    /// <summary>WWW-Authenticate.</summary>
    WwwAuthenticate,

    /// <summary>X-Forwarded-For.</summary>
    XForwardedFor,

    /// <summary>X-Forwarded-Host.</summary>
    XForwardedHost,

    /// <summary>X-Forwarded-Proto.</summary>
    XForwardedProto,
}
