using Banyan.Grpc.Health.V1;
using ServingStatus = Banyan.Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Banyan.Grpc.Health;

/// <summary>The service <c>grpc.health.v1.Health</c> over a <see cref="GrpcHealth"/>.</summary>
internal sealed class GrpcHealthService(GrpcHealth health)
{
    private static readonly GrpcMethod<HealthCheckRequest, HealthCheckResponse> CheckMethod =
        GrpcMethod.Unary<HealthCheckRequest, HealthCheckResponse>(HealthReflection.Descriptor.Services[0], "Check");

    private static readonly GrpcMethod<HealthListRequest, HealthListResponse> ListMethod =
        GrpcMethod.Unary<HealthListRequest, HealthListResponse>(HealthReflection.Descriptor.Services[0], "List");

    private static readonly GrpcMethod<HealthCheckRequest, HealthCheckResponse> WatchMethod =
        GrpcMethod.ServerStreaming<HealthCheckRequest, HealthCheckResponse>(HealthReflection.Descriptor.Services[0], "Watch");

    public GrpcService Build() => new GrpcService(HealthReflection.Descriptor.Services[0])
        .Unary(CheckMethod, (request, _) => Task.FromResult(Check(request)))
        .Unary(ListMethod, (_, _) => Task.FromResult(List()))
        .ServerStreaming(WatchMethod, WatchAsync);

    private static ServingStatus ToWire(GrpcHealthStatus status) => status switch
    {
        GrpcHealthStatus.Serving => ServingStatus.Serving,
        GrpcHealthStatus.NotServing => ServingStatus.NotServing,
        _ => ServingStatus.Unknown,
    };

    private HealthCheckResponse Check(HealthCheckRequest request) => new()
    {
        Status = health.Get(request.Service) is { } status
            ? ToWire(status)
            : throw new GrpcException(StatusCode.NotFound, $"The health of service '{request.Service}' is not known here."),
    };

    private HealthListResponse List()
    {
        var response = new HealthListResponse();
        foreach (var (service, status) in health.All)
        {
            response.Statuses.Add(service, new HealthCheckResponse { Status = ToWire(status) });
        }

        return response;
    }

    private async Task WatchAsync(HealthCheckRequest request, IGrpcWriter<HealthCheckResponse> responses, GrpcServerContext context)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.Cancellation, context.Stopping);
        ServingStatus? told = null;
        try
        {
            while (true)
            {
                var state = health.Current;
                var now = state.Statuses.TryGetValue(request.Service, out var status) ? ToWire(status) : ServingStatus.ServiceUnknown;
                if (now != told)
                {
                    await responses.WriteAsync(new HealthCheckResponse { Status = now }, either.Token);
                    told = now;
                }

                await state.Replaced.Task.WaitAsync(either.Token);
            }
        }
        catch (OperationCanceledException) when (context.Stopping.IsCancellationRequested && !context.Cancellation.IsCancellationRequested)
        {
            await responses.WriteAsync(new HealthCheckResponse { Status = ServingStatus.NotServing }, context.Cancellation);
            throw new GrpcException(StatusCode.Unavailable, "The server stops.");
        }
    }
}
