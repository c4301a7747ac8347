using System.Net.Sockets;

namespace Banyan.Gateway.Forwarding;

/// <summary>Finds the reason behind an exception of the framework's client: who failed, at which stage.</summary>
internal static class UpstreamFailures
{
    /// <summary>The failed connection attempt behind an exception; null when a connection was there.</summary>
    public static UpstreamConnectException? Connect(Exception? e)
    {
        for (; e is not null; e = e.InnerException)
        {
            if (e is UpstreamConnectException connect)
            {
                return connect;
            }
        }

        return null;
    }

    /// <summary>Classifies what <see cref="UpstreamTransport.SendAsync"/> threw.</summary>
    public static Failure OfSend(Exception e, RequestBody? body, ExchangeDeadline deadline)
    {
        // The client's fault and the deadline come first: they are what made the send fail.
        if (body is { ClientFailure: not FailureReason.None and var client })
        {
            return new Failure(client);
        }

        if (deadline.Reason is not FailureReason.None and var expired)
        {
            return new Failure(expired);
        }

        if (Connect(e) is { } connect)
        {
            return new Failure(connect.Reason, connect.Message);
        }

        return e switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => new Failure(FailureReason.UpstreamTlsFailed),
            HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError or HttpRequestError.ConfigurationLimitExceeded or HttpRequestError.VersionNegotiationError } =>
                new Failure(FailureReason.UpstreamHeadInvalid),
            _ when body is { Started: true, Sent: false } => new Failure(FailureReason.UpstreamClosedInRequest),
            HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded } => new Failure(FailureReason.UpstreamClosedBeforeHead),
            HttpRequestException { InnerException: IOException or SocketException } => new Failure(FailureReason.UpstreamClosedBeforeHead),
            _ => new Failure(FailureReason.UpstreamHeadInvalid),
        };
    }
}
