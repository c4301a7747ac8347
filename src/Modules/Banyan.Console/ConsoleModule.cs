using Banyan.Console.Assets;
using Banyan.Console.Endpoints;
using Banyan.Console.Sessions;
using Banyan.Console.State;
using Banyan.Hosting;
using Banyan.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Banyan.Console;

/// <summary>The module <c>console</c>: the web pages that show what there is, what changed and what is wrong.</summary>
public sealed class ConsoleModule : IModule
{
    /// <inheritdoc/>
    public string Name => "console";

    /// <inheritdoc/>
    public string Summary => "shows services, instances, routes and changes in the browser, live";

    /// <inheritdoc/>
    public IReadOnlyList<ModuleContract> Requires => [WellKnownContracts.Store, WellKnownContracts.Directory, WellKnownContracts.Registrar];

    /// <inheritdoc/>
    public void AddServices(ModuleBuilder module)
    {
        module.AddOptions<ConsoleOptions>(ConsoleOptions.Validate);
        var services = module.Services;
        services.AddBanyanHttp();
        services.AddSingleton<LiveState>();
        services.AddSingleton<LocalEndpoints>();
        services.AddSingleton<AssetCatalog>();
        services.AddSingleton<SessionStore>();
        services.AddSingleton<SignInLinks>();
        services.AddSingleton<AttemptLimiter>();
        services.AddSingleton<PageRenderer>();
        services.AddSingleton<PageEndpoints>();
        services.AddSingleton<SignInEndpoints>();
        services.AddSingleton<LiveEndpoint>();
        module.AddWorker<InstanceFollower>();
        module.AddWorker<ServiceFollower>();
        module.AddWorker<RouteFollower>();
        module.AddWorker<CertificateFollower>();
        module.AddWorker<GatewayFollower>();
        module.AddWorker<ChangeFollower>();
    }

    /// <inheritdoc/>
    public void MapEndpoints(ModuleEndpoints endpoints)
    {
        endpoints.Services.GetRequiredService<LocalEndpoints>().Use(endpoints.AllHttp);
        endpoints.Services.GetRequiredService<PageEndpoints>().Map(endpoints.Http);
        endpoints.Services.GetRequiredService<SignInEndpoints>().Map(endpoints.Http);
        endpoints.Services.GetRequiredService<LiveEndpoint>().Map(endpoints.Http);
    }
}
