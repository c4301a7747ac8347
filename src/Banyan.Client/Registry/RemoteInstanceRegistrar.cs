using Banyan.Contracts.Registry;
using Banyan.Contracts.Registry.V1;
using Banyan.Grpc;
using Google.Protobuf;

namespace Banyan.Client.Registry;

/// <summary>The registrar of a registry in another process. The channel stays the caller's. Every call gives up after ten seconds.</summary>
/// <param name="channel">Leads to the registry's gRPC port.</param>
public sealed class RemoteInstanceRegistrar(GrpcChannel channel) : IInstanceRegistrar
{
    private static readonly GrpcCallOptions Options = new() { Timeout = TimeSpan.FromSeconds(10) };

    /// <inheritdoc/>
    public ValueTask<RegisterResponse> RegisterAsync(RegisterRequest request, CancellationToken cancellation) =>
        CallAsync(RegistryMethods.Register, request, cancellation);

    /// <inheritdoc/>
    public ValueTask<HeartbeatResponse> HeartbeatAsync(HeartbeatRequest request, CancellationToken cancellation) =>
        CallAsync(RegistryMethods.Heartbeat, request, cancellation);

    /// <inheritdoc/>
    public ValueTask<DrainResponse> DrainAsync(DrainRequest request, CancellationToken cancellation) =>
        CallAsync(RegistryMethods.Drain, request, cancellation);

    /// <inheritdoc/>
    public ValueTask<DeregisterResponse> DeregisterAsync(DeregisterRequest request, CancellationToken cancellation) =>
        CallAsync(RegistryMethods.Deregister, request, cancellation);

    private async ValueTask<TResponse> CallAsync<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, TRequest request, CancellationToken cancellation)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        try
        {
            return await channel.UnaryAsync(method, request, Options, cancellation).ConfigureAwait(false);
        }
        catch (GrpcException e)
        {
            throw RemoteErrors.From(e, channel.Address);
        }
    }
}
