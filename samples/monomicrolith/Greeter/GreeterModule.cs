using Banyan.Grpc;
using Banyan.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Monomicrolith.V1;

namespace Monomicrolith.Greeter;

/// <summary>Provides greetings.</summary>
public sealed class GreeterModule : IModule
{
    /// <inheritdoc/>
    public string Name => "greeter";

    /// <inheritdoc/>
    public string Summary => "greets people";

    /// <inheritdoc/>
    public IReadOnlyList<ModuleContract> Provides => [GreeterContract.Contract];

    /// <inheritdoc/>
    public void AddServices(ModuleBuilder module)
    {
        module.AddOptions<GreeterOptions>((options, faults) =>
        {
            if (!options.Greeting.Contains("{name}", StringComparison.Ordinal))
            {
                faults.Add("greeting", "must say where the name goes: {name}");
            }
        });
        module.Services.AddBanyanGrpc();
        module.Services.AddSingleton<IGreeter, LocalGreeter>();
    }

    /// <inheritdoc/>
    public void MapEndpoints(ModuleEndpoints endpoints)
    {
        var greeter = endpoints.Services.GetRequiredService<IGreeter>();
        endpoints.Grpc.MapGrpcService(new GrpcService(GreeterContract.Service)
            .Unary(GreeterContract.Greet, async (request, context) => await greeter.GreetAsync(request, context.Cancellation)));
    }

    private sealed class LocalGreeter(GreeterOptions options) : IGreeter
    {
        public ValueTask<GreetResponse> GreetAsync(GreetRequest request, CancellationToken cancellation) => new(new GreetResponse
        {
            Text = options.Greeting.Replace("{name}", request.Name, StringComparison.Ordinal),
            Process = Environment.ProcessId,
        });
    }
}
