namespace Banyan.Gateway.Failures;

/// <summary>
/// Why a request did not end with the service's whole answer. Each name begins with the side (Client, Gateway, Upstream) and says the stage. Metrics, access log,
/// <c>Proxy-Status</c> and error bodies carry it; <see cref="FailureCatalog"/> has the status and the words.
/// </summary>
internal enum FailureReason
{
    None,

    // The request as the client sent it, before a route is looked for.
    ClientHeadInvalid,
    ClientHeadTooLarge,
    ClientTargetTooLong,
    ClientVersionRefused,
    ClientCodingUnknown,
    ClientHeadTimedOut,
    ClientTargetRefused,
    ClientMethodRefused,
    ClientFramingRefused,
    ClientExpectationRefused,
    ClientUpgradeRefused,
    ClientLoop,

    // The gateway's own state.
    GatewayNoRouteTable,
    GatewayNoInstanceList,
    GatewayStopping,
    GatewayDefect,

    // Routing and picking.
    NoRoute,
    UnknownService,
    NoInstances,
    NoInstanceUp,

    // Protection: refused before anything was sent.
    GatewayOverloaded,
    CircuitOpen,
    RateLimited,

    // Opening a connection: nothing was sent, so another instance may be tried.
    UpstreamConnectRefused,
    UpstreamConnectTimedOut,
    UpstreamConnectFailed,
    UpstreamTlsFailed,
    UpstreamSchemeUnserved,
    AppNotUp,

    // The request's body on its way.
    ClientBodyInvalid,
    ClientBodyTimedOut,
    ClientGone,
    UpstreamClosedInRequest,
    UpstreamSendTimedOut,

    // Waiting for the head of the answer.
    UpstreamHeadTimedOut,
    UpstreamClosedBeforeHead,
    UpstreamHeadInvalid,
    UpstreamUnaskedUpgrade,

    // The answer's body; the head is gone, so all that is left is to break off.
    UpstreamBodyTruncated,
    UpstreamBodyTimedOut,
    ClientGoneInAnswer,
    ClientReadTimedOut,
    TunnelIdle,
}
