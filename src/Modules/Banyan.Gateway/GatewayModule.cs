using System.Security.Cryptography;
using Banyan.Gateway.AccessLog;
using Banyan.Gateway.Certificates;
using Banyan.Gateway.Clusters;
using Banyan.Gateway.Endpoints;
using Banyan.Gateway.Kinds;
using Banyan.Gateway.Listening;
using Banyan.Gateway.Policies;
using Banyan.Gateway.Quotas;
using Banyan.Gateway.Routing;
using Banyan.Hosting;
using Banyan.Resources;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Banyan.Gateway;

/// <summary>The module <c>gateway</c>: takes users' requests and brings each to an instance of the right service.</summary>
public sealed class GatewayModule : IModule, IKindSource
{
    private static readonly RouteKind Route = new();
    private static readonly TrafficPolicyKind TrafficPolicy = new();
    private static readonly CertificateKind Certificate = new(TimeProvider.System);

    /// <inheritdoc/>
    public string Name => "gateway";

    /// <inheritdoc/>
    public string Summary => "brings requests from outside to the services, by host and path";

    /// <inheritdoc/>
    public IReadOnlyList<ModuleContract> Requires => [WellKnownContracts.Store, WellKnownContracts.Directory];

    /// <inheritdoc/>
    public IEnumerable<ResourceKind> Kinds => [Route, TrafficPolicy, Certificate];

    /// <inheritdoc/>
    public void AddServices(ModuleBuilder module)
    {
        module.AddOptions<GatewayOptions>(GatewayOptions.Validate);
        var services = module.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<EngineOptions>(s => s.GetRequiredService<GatewayOptions>());
        services.AddSingleton(Route);
        services.AddSingleton(TrafficPolicy);
        services.AddSingleton(Certificate);
        services.AddResources();
        services.AddSingleton(_ => new GatewayMetrics());
        services.AddSingleton<GatewayIdentity>();
        services.AddSingleton<GatewayReadiness>();
        services.AddSingleton(s => new ClusterContext(
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<GatewayOptions>().Zone,
            BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))),
            s.GetRequiredService<ILogger<ClusterTable>>()));
        services.AddSingleton<ClusterTable>();
        services.AddSingleton<ClusterMetrics>();
        services.AddSingleton(s => new PoliciesInForce((service, settings) => s.GetRequiredService<ClusterTable>().Get(service).Use(settings)));
        services.AddSingleton<RouteTable>();
        services.AddSingleton<CertificateTable>();
        services.AddSingleton<CertificateMetrics>();
        services.AddSingleton<AccessLogQueue>();
        services.AddSingleton<ConnectionLimits>();
        services.AddSingleton<LoopTransport>();
        services.AddSingleton<GatewayListener>();
        services.AddSingleton<RouteTableEndpoint>();
        services.AddSingleton<RouteExplainer>();
        services.AddSingleton<ExplainEndpoint>();
        services.AddSingleton<CertificateTableEndpoint>();
        module.AddWorker<RouteFeed>();
        module.AddWorker<InstanceFeed>();
        module.AddWorker<PolicyFeed>();
        module.AddWorker<CertificateFeed>();
        services.AddSingleton<ClusterTableEndpoint>();
        module.AddWorker<QuotaWorker>();
        module.AddWorker<AccessLogWriter>();
        module.AddReadiness("tables", s => s.GetRequiredService<GatewayReadiness>().NotReadyBecause);
    }

    /// <inheritdoc/>
    public void MapEndpoints(ModuleEndpoints endpoints)
    {
        endpoints.Services.GetRequiredService<RouteTableEndpoint>().Map(endpoints.Http);
        endpoints.Services.GetRequiredService<ExplainEndpoint>().Map(endpoints.Http);
        endpoints.Services.GetRequiredService<CertificateTableEndpoint>().Map(endpoints.Http);
        endpoints.Services.GetRequiredService<ClusterTableEndpoint>().Map(endpoints.Http);
    }

    /// <inheritdoc/>
    public async Task StartAsync(IServiceProvider services, CancellationToken cancellation)
    {
        // The port opens before the tables are there: until then requests get 503 with the reason, not a refused connection.
        var listener = services.GetRequiredService<GatewayListener>();
        var loops = services.GetRequiredService<LoopTransport>();
        var readiness = services.GetRequiredService<GatewayReadiness>();
        loops.IsReady = () => readiness.NotReadyBecause is null;
        loops.HandedOver = services.GetRequiredService<IHostApplicationLifetime>().StopApplication;
        var routes = services.GetRequiredService<RouteTable>();
        services.GetRequiredService<GatewayMetrics>().Observe(() => routes.Current?.Routes ?? [], loops.Connections);
        services.GetRequiredService<ClusterMetrics>();
        await listener.StartAsync(cancellation);
        services.GetRequiredService<ModuleUrls>().Set(Name, listener.Http!);
        GatewayLog.Listening(services.GetRequiredService<ILogger<GatewayModule>>(), listener.Http!);
        if (listener.Https is { } https)
        {
            services.GetRequiredService<CertificateMetrics>();
            GatewayLog.Listening(services.GetRequiredService<ILogger<GatewayModule>>(), https);
        }
    }

    /// <inheritdoc/>
    public async Task StopAsync(IServiceProvider services, CancellationToken cancellation)
    {
        var options = services.GetRequiredService<GatewayOptions>();
        using var drain = new CancellationTokenSource(options.DrainTimeout, services.GetRequiredService<TimeProvider>());
        using var either = CancellationTokenSource.CreateLinkedTokenSource(drain.Token, cancellation);
        await services.GetRequiredService<GatewayListener>().StopAsync(either.Token);
        if (drain.IsCancellationRequested)
        {
            GatewayLog.DrainOverran(services.GetRequiredService<ILogger<GatewayModule>>(), options.DrainTimeout);
        }

        services.GetRequiredService<AccessLogWriter>().Flush();
    }
}
