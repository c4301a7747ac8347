using System.Net.Security;
using System.Net.Sockets;
using Banyan.Contracts.Registry.V1;
using Banyan.Grpc;
using Banyan.Grpc.Health.V1;

namespace Banyan.Registry.Health;

/// <summary>Looks at instances over the network: HTTP GET, TCP connect, gRPC health.</summary>
internal sealed class Prober(TimeProvider clock) : IProber, IDisposable
{
    private static readonly GrpcMethod<HealthCheckRequest, HealthCheckResponse> HealthCheck =
        GrpcMethod.Unary<HealthCheckRequest, HealthCheckResponse>(HealthReflection.Descriptor.Services[0], "Check");

    // A check must not trust a connection that is open already: the process may have stopped accepting new ones. So connections live for one check only.
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        PooledConnectionLifetime = TimeSpan.Zero,
        ActivityHeadersPropagator = null,

        // Instances are checked by address, where no public name could be verified.
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true },
    });

    public async Task<CheckOutcome> ProbeAsync(CheckPlan plan, Instance target, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(plan.Timeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        var what = plan.Probe switch
        {
            ProbeKind.Http => $"http GET {plan.Target}",
            ProbeKind.Grpc => plan.Target.Length == 0 ? "grpc health" : $"grpc health of '{plan.Target}'",
            _ => "tcp connect",
        };
        try
        {
            return plan.Probe switch
            {
                ProbeKind.Http => await HttpAsync(plan, target, what, both.Token),
                ProbeKind.Grpc => await GrpcAsync(plan, target, what, both.Token),
                _ => await TcpAsync(target, what, both.Token),
            };
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested
            && e is OperationCanceledException or HttpRequestException or SocketException or IOException or GrpcException or UriFormatException or Contracts.BanyanException)
        {
            return timeout.IsCancellationRequested
                ? new CheckOutcome(false, $"{what} did not answer within {Instances.InstanceStates.Seconds(plan.Timeout)}")
                : Failed(what, e);
        }
    }

    public void Dispose() => _http.Dispose();

    private static CheckOutcome Failed(string what, Exception error)
    {
        for (var e = error; e is not null; e = e.InnerException)
        {
            if (e is SocketException socket)
            {
                return socket.SocketErrorCode switch
                {
                    SocketError.ConnectionRefused => new CheckOutcome(false, $"{what}: connection refused", Refused: true),
                    SocketError.ConnectionReset => new CheckOutcome(false, $"{what}: connection reset"),
                    SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => new CheckOutcome(false, $"{what}: host not found"),
                    _ => new CheckOutcome(false, $"{what}: {socket.SocketErrorCode}"),
                };
            }
        }

        return new CheckOutcome(false, error is GrpcException grpc ? $"{what} answered {grpc.StatusCode}" : $"{what}: {FirstLine(error.Message)}");
    }

    private static string FirstLine(string text)
    {
        var line = text.AsSpan();
        var end = line.IndexOfAny('\r', '\n');
        line = end < 0 ? line : line[..end];
        return line.Length <= 200 ? line.ToString() : string.Concat(line[..197], "...");
    }

    private static string Authority(Instance target) => target.Host.Contains(':', StringComparison.Ordinal) ? $"[{target.Host}]:{target.Port}" : $"{target.Host}:{target.Port}";

    private static string UriScheme(Instance target) => target.Scheme is "https" or "grpcs" ? Uri.UriSchemeHttps : Uri.UriSchemeHttp;

    private static async Task<CheckOutcome> TcpAsync(Instance target, string what, CancellationToken cancellation)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(target.Host, (int)target.Port, cancellation);
        return new CheckOutcome(true, $"{what} succeeded");
    }

    private static async Task<CheckOutcome> GrpcAsync(CheckPlan plan, Instance target, string what, CancellationToken cancellation)
    {
        await using var channel = new GrpcChannel(new Uri($"{UriScheme(target)}://{Authority(target)}"));
        var answer = await channel.UnaryAsync(HealthCheck, new HealthCheckRequest { Service = plan.Target }, null, cancellation);
        var serving = answer.Status == HealthCheckResponse.Types.ServingStatus.Serving;
        return new CheckOutcome(serving, $"{what} answered {answer.Status}");
    }

    private async Task<CheckOutcome> HttpAsync(CheckPlan plan, Instance target, string what, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{UriScheme(target)}://{Authority(target)}{plan.Target}");
        request.Headers.UserAgent.ParseAdd("banyan-check/1");
        using var response = await _http.SendAsync(request, cancellation);
        var status = (int)response.StatusCode;
        return new CheckOutcome(status >= plan.MinStatus && status <= plan.MaxStatus, $"{what} answered {status}");
    }
}
