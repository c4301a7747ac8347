namespace Banyan.Gateway.Failures;

/// <summary>What each <see cref="FailureReason"/> looks like from outside: HTTP status, RFC 9209 error type, gRPC status, code and title.</summary>
internal static class FailureCatalog
{
    private static readonly FailureForm[] Forms = BuildForms();

    /// <summary>How a reason is answered.</summary>
    public static FailureForm Of(FailureReason reason) => Forms[(int)reason];

    private static FailureForm[] BuildForms()
    {
        // gRPC: 3 INVALID_ARGUMENT, 4 DEADLINE_EXCEEDED, 8 RESOURCE_EXHAUSTED, 12 UNIMPLEMENTED, 13 INTERNAL, 14 UNAVAILABLE.
        var forms = new Dictionary<FailureReason, FailureForm>
        {
            [FailureReason.None] = new(0, string.Empty, 0, "ok", "No failure"),
            [FailureReason.ClientHeadInvalid] = new(400, "http_request_error", 3, "client-head-invalid", "The request is malformed"),
            [FailureReason.ClientHeadTooLarge] = new(431, "http_request_error", 3, "client-head-too-large", "The request's fields are too many or too long"),
            [FailureReason.ClientTargetTooLong] = new(414, "http_request_error", 3, "client-target-too-long", "The request's first line is too long"),
            [FailureReason.ClientVersionRefused] = new(505, "http_request_error", 12, "client-version-refused", "The request's version of HTTP is not served"),
            [FailureReason.ClientCodingUnknown] = new(501, "http_request_error", 12, "client-coding-unknown", "The request's transfer coding is not known"),
            [FailureReason.ClientHeadTimedOut] = new(408, "http_request_error", 4, "client-head-timed-out", "The request's head did not arrive in time"),
            [FailureReason.ClientTargetRefused] = new(400, "http_request_error", 3, "client-target-refused", "The request's target is not accepted"),
            [FailureReason.ClientMethodRefused] = new(405, "http_request_denied", 12, "client-method-refused", "The request's method is not accepted here"),
            [FailureReason.ClientFramingRefused] = new(400, "http_request_error", 3, "client-framing-refused", "The request's length is said in two ways"),
            [FailureReason.ClientExpectationRefused] = new(417, "http_request_error", 3, "client-expectation-refused", "The request's expectation cannot be met"),
            [FailureReason.ClientUpgradeRefused] = new(400, "http_request_denied", 3, "client-upgrade-refused", "The request's upgrade is not accepted"),
            [FailureReason.ClientLoop] = new(508, "proxy_loop_detected", 13, "client-loop", "The request has been here before"),
            [FailureReason.GatewayNoRouteTable] = new(503, "destination_unavailable", 14, "gateway-no-route-table", "The gateway has no routes yet"),
            [FailureReason.GatewayNoInstanceList] = new(503, "destination_unavailable", 14, "gateway-no-instance-list", "The gateway has no instances yet"),
            [FailureReason.GatewayStopping] = new(503, "destination_unavailable", 14, "gateway-stopping", "The gateway is stopping"),
            [FailureReason.GatewayDefect] = new(500, "proxy_internal_error", 13, "gateway-defect", "The gateway failed"),
            [FailureReason.NoRoute] = new(404, "destination_not_found", 12, "no-route", "No route takes this request"),
            [FailureReason.UnknownService] = new(404, "destination_not_found", 12, "unknown-service", "No service of this name is known"),
            [FailureReason.NoInstances] = new(503, "destination_unavailable", 14, "no-instances", "The service has no instance"),
            [FailureReason.NoInstanceUp] = new(503, "destination_unavailable", 14, "no-instance-up", "No instance of the service is up"),
            [FailureReason.GatewayOverloaded] = new(503, "connection_limit_reached", 8, "gateway-overloaded", "The service has as many requests as it can take"),
            [FailureReason.CircuitOpen] = new(503, "destination_unavailable", 14, "circuit-open", "The service is left alone because it fails"),
            [FailureReason.RateLimited] = new(429, "http_request_denied", 8, "rate-limited", "Too many requests"),
            [FailureReason.UpstreamConnectRefused] = new(502, "connection_refused", 14, "upstream-connect-refused", "The service's instance refused the connection"),
            [FailureReason.UpstreamConnectTimedOut] = new(504, "connection_timeout", 14, "upstream-connect-timed-out", "The service's instance did not accept the connection in time"),
            [FailureReason.UpstreamConnectFailed] = new(502, "destination_ip_unroutable", 14, "upstream-connect-failed", "The service's instance cannot be reached"),
            [FailureReason.UpstreamTlsFailed] = new(502, "tls_protocol_error", 14, "upstream-tls-failed", "The TLS handshake with the service's instance failed"),
            [FailureReason.UpstreamSchemeUnserved] = new(502, "destination_unavailable", 13, "upstream-scheme-unserved", "The service's instance speaks a protocol this port does not lead to"),
            [FailureReason.AppNotUp] = new(503, "destination_unavailable", 14, "app-not-up", "The program behind this sidecar does not accept connections"),
            [FailureReason.ClientBodyInvalid] = new(400, "http_request_error", 3, "client-body-invalid", "The request's body is malformed"),
            [FailureReason.ClientBodyTimedOut] = new(408, "http_request_error", 4, "client-body-timed-out", "The request's body did not arrive in time"),
            [FailureReason.ClientGone] = new(499, "http_request_error", 1, "client-gone", "The client went away"),
            [FailureReason.UpstreamClosedInRequest] = new(502, "connection_terminated", 14, "upstream-closed-in-request", "The service's instance closed the connection while the request was sent"),
            [FailureReason.UpstreamSendTimedOut] = new(504, "connection_write_timeout", 4, "upstream-send-timed-out", "The service's instance did not take the request's body in time"),
            [FailureReason.UpstreamHeadTimedOut] = new(504, "http_response_timeout", 4, "upstream-head-timed-out", "The service's instance did not answer in time"),
            [FailureReason.UpstreamClosedBeforeHead] = new(502, "http_response_incomplete", 14, "upstream-closed-before-head", "The service's instance closed the connection without an answer"),
            [FailureReason.UpstreamHeadInvalid] = new(502, "http_protocol_error", 13, "upstream-head-invalid", "The service's instance sent something that is not HTTP"),
            [FailureReason.UpstreamUnaskedUpgrade] = new(502, "http_upgrade_failed", 13, "upstream-unasked-upgrade", "The service's instance switched protocols without being asked"),
            [FailureReason.UpstreamBodyTruncated] = new(502, "http_response_incomplete", 13, "upstream-body-truncated", "The answer of the service's instance broke off"),
            [FailureReason.UpstreamBodyTimedOut] = new(504, "http_response_timeout", 4, "upstream-body-timed-out", "The answer of the service's instance stalled"),
            [FailureReason.ClientGoneInAnswer] = new(499, "http_request_error", 1, "client-gone-in-answer", "The client went away during the answer"),
            [FailureReason.ClientReadTimedOut] = new(499, "connection_write_timeout", 4, "client-read-timed-out", "The client did not take the answer in time"),
            [FailureReason.TunnelIdle] = new(504, "connection_timeout", 4, "tunnel-idle", "Nothing was sent either way for too long"),
        };
        return [.. Enum.GetValues<FailureReason>().Select(reason => forms[reason])];
    }
}
