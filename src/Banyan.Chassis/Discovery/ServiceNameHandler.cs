namespace Banyan.Chassis.Discovery;

/// <summary>
/// Sends <c>http://pets/…</c> to an instance of the service <c>pets</c>: a host of one word without a port. Instances take turns. When the connection could not be
/// opened, nothing has been sent, so the request goes to another instance, once. Everything else passes as it is.
/// </summary>
internal sealed class ServiceNameHandler(ServiceDirectory directory, ChassisOptions options, TimeProvider clock) : DelegatingHandler
{
    /// <summary>True for the host of one word without a port that a service is called by.</summary>
    internal static bool IsServiceName(Uri uri) =>
        uri.IsDefaultPort && uri.HostNameType == UriHostNameType.Dns && uri.Scheme is "http" or "https"
        && !uri.Host.Contains('.', StringComparison.Ordinal) && !uri.IsLoopback;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri is not { } uri || !IsServiceName(uri))
        {
            return await base.SendAsync(request, cancellationToken);
        }

        var service = uri.Host;
        var ring = await directory.FindAsync(service, cancellationToken);
        if (ring.Known == 0)
        {
            return await SendToHostAsync(request, service, ring.Answered, cancellationToken);
        }

        var first = ring.Next(clock) ?? throw new HttpRequestException(
            HttpRequestError.ConnectionError, $"No instance of service '{service}' in domain '{options.Domain}' is up ({ring.States}). 'banyan get instances' says why.");
        request.Headers.Host ??= uri.Authority;
        try
        {
            return await SendToAsync(request, uri, first, cancellationToken);
        }
        catch (Exception e) when (IsNotConnected(e, cancellationToken))
        {
            first.Failed(clock);

            // The ring may be a newer one by now: the platform noticed as well.
            ring = await directory.FindAsync(service, cancellationToken);
            if (ring.Next(clock, first) is not { } second)
            {
                throw;
            }

            try
            {
                return await SendToAsync(request, uri, second, cancellationToken);
            }
            catch (Exception again) when (IsNotConnected(again, cancellationToken))
            {
                second.Failed(clock);
                throw;
            }
        }
    }

    private static bool IsNotConnected(Exception error, CancellationToken cancellation) => error switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError } => true,

        // The handler's connect timeout; the caller's own timeout would have cancelled the token.
        OperationCanceledException { InnerException: TimeoutException } => !cancellation.IsCancellationRequested,
        _ => false,
    };

    private Task<HttpResponseMessage> SendToAsync(HttpRequestMessage request, Uri uri, InstanceRing.Endpoint endpoint, CancellationToken cancellation)
    {
        request.RequestUri = new UriBuilder(uri) { Scheme = endpoint.Scheme, Host = endpoint.Host, Port = endpoint.Port }.Uri;
        return base.SendAsync(request, cancellation);
    }

    // Nobody registered under this name: it may be an ordinary host. When it is not, the message says what was looked for.
    private async Task<HttpResponseMessage> SendToHostAsync(HttpRequestMessage request, string service, bool answered, CancellationToken cancellation)
    {
        try
        {
            return await base.SendAsync(request, cancellation);
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError)
        {
            throw new HttpRequestException(
                e.HttpRequestError,
                answered
                    ? $"Service '{service}' has no instance in domain '{options.Domain}', and there is no host of that name."
                    : $"Banyan is away, no earlier copy of the instances of '{service}' is at hand, and there is no host of that name.",
                e);
        }
    }
}
