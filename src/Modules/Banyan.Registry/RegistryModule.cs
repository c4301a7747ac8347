using Banyan.Contracts.Registry;
using Banyan.Grpc;
using Banyan.Hosting;
using Banyan.Http;
using Banyan.Registry.Endpoints;
using Banyan.Registry.Health;
using Banyan.Registry.Instances;
using Banyan.Registry.Kinds;
using Banyan.Registry.Storage;
using Banyan.Registry.Watch;
using Banyan.Resources;
using Microsoft.Extensions.DependencyInjection;

namespace Banyan.Registry;

/// <summary>The module <c>registry</c>: which instances there are, where, and in what state.</summary>
public sealed class RegistryModule : IModule, IKindSource
{
    private static readonly ServiceKind Service = new();

    /// <inheritdoc/>
    public string Name => "registry";

    /// <inheritdoc/>
    public string Summary => "knows which instances of which services there are, checks them, and tells who asks";

    /// <inheritdoc/>
    public IReadOnlyList<ModuleContract> Provides => [WellKnownContracts.Directory, WellKnownContracts.Registrar];

    /// <inheritdoc/>
    public IReadOnlyList<ModuleContract> Requires => [WellKnownContracts.Store];

    /// <inheritdoc/>
    public IEnumerable<ResourceKind> Kinds => [Service];

    /// <summary>What tests put in the place of the module's own services.</summary>
    internal Action<IServiceCollection>? Replace { get; init; }

    /// <inheritdoc/>
    public void AddServices(ModuleBuilder module)
    {
        module.AddOptions<RegistryOptions>(RegistryOptions.Validate);
        var services = module.Services;
        services.AddBanyanGrpc();
        services.AddBanyanHttp();
        services.AddSingleton(_ => new Random(Environment.ProcessId));
        services.AddSingleton(Service);
        services.AddSingleton<RegistryMetrics>();
        services.AddSingleton<InstanceTable>();
        services.AddSingleton<RegistrationStore>();
        services.AddSingleton<InstanceAudit>();
        services.AddSingleton<WatchHub>();
        services.AddSingleton<IDomainCheck, DomainCheck>();
        services.AddSingleton<IProber, Prober>();
        services.AddSingleton<RegistryService>();
        services.AddSingleton<IInstanceDirectory>(s => s.GetRequiredService<RegistryService>());
        services.AddSingleton<IInstanceRegistrar>(s => s.GetRequiredService<RegistryService>());
        module.AddWorker<RegistrationFeed>();
        module.AddWorker<WatchWorker>();
        module.AddWorker<LeaseWorker>();
        module.AddWorker<LastStates>();
        module.AddWorker<CheckWorker>();
        module.AddWorker<ServiceChecks>();
        Replace?.Invoke(services);
        module.AddReadiness("snapshot", s => s.GetRequiredService<InstanceTable>().Ready ? null : "registrations are not read from the store yet");
    }

    /// <inheritdoc/>
    public void MapEndpoints(ModuleEndpoints endpoints)
    {
        var registry = endpoints.Services.GetRequiredService<RegistryService>();
        new HttpFaces(registry).Map(endpoints.Http);
        endpoints.Grpc.MapGrpcService(GrpcFaces.Directory(registry)).RequireRole(RegistryAccess.Readers);
        endpoints.Grpc.MapGrpcService(GrpcFaces.Registrar(registry)).RequireRole(RegistryAccess.Writers);
    }

    /// <inheritdoc/>
    public Task StartAsync(IServiceProvider services, CancellationToken cancellation)
    {
        // The loops that must hear of changes are there before the first registration is.
        var table = services.GetRequiredService<InstanceTable>();
        table.StateOutdated = services.GetRequiredService<LastStates>().Note;
        services.GetRequiredService<CheckWorker>();
        services.GetRequiredService<WatchWorker>();
        return Task.CompletedTask;
    }
}
