using Banyan.Grpc;
using Monomicrolith.V1;

namespace Monomicrolith.Greeter;

/// <summary>The greeter of another process.</summary>
internal sealed class RemoteGreeter(GrpcChannel channel) : IGreeter, IAsyncDisposable
{
    public async ValueTask<GreetResponse> GreetAsync(GreetRequest request, CancellationToken cancellation) =>
        await channel.UnaryAsync(GreeterContract.Greet, request, cancellation: cancellation);

    public ValueTask DisposeAsync() => channel.DisposeAsync();
}
