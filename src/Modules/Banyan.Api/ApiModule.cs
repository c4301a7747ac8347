using Banyan.Api.Endpoints;
using Banyan.Api.Kinds;
using Banyan.Contracts;
using Banyan.Hosting;
using Banyan.Http;
using Banyan.Http.Authentication;
using Banyan.Resources;
using Banyan.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Banyan.Api;

/// <summary>Serves the objects of all kinds over HTTP, with audit log and credentials. Brings the kind Domain.</summary>
public sealed class ApiModule : IModule, IKindSource
{
    private readonly DomainKind _domain = new();

    /// <inheritdoc/>
    public string Name => "api";

    /// <inheritdoc/>
    public string Summary => "the HTTP API of all kinds, the audit log, and credentials";

    /// <inheritdoc/>
    public IReadOnlyList<ModuleContract> Requires => [WellKnownContracts.Store];

    /// <inheritdoc/>
    public IEnumerable<ResourceKind> Kinds => [_domain];

    /// <inheritdoc/>
    public void AddServices(ModuleBuilder module)
    {
        var options = module.AddOptions<ApiOptions>(ApiOptions.Validate);
        module.Services.AddSingleton(new ResourcesOptions { AuditRecordsKept = options.AuditKeep });
        module.Services.AddBanyanHttp();
        module.Services.AddKind(_domain);
        module.Services.AddSingleton<ResourceEndpoints>();
        module.Services.AddSingleton<CollectionEndpoints>();
        module.Services.AddSingleton<AuditEndpoints>();
        module.Services.AddSingleton<CredentialEndpoints>();
        module.Services.AddSingleton<PlatformEndpoints>();
    }

    /// <inheritdoc/>
    public void MapEndpoints(ModuleEndpoints endpoints)
    {
        endpoints.Services.GetRequiredService<ResourceEndpoints>().Map(endpoints.Http);
        endpoints.Services.GetRequiredService<CollectionEndpoints>().Map(endpoints.Http);
        endpoints.Services.GetRequiredService<AuditEndpoints>().Map(endpoints.Http);
        endpoints.Services.GetRequiredService<CredentialEndpoints>().Map(endpoints.Http);
        endpoints.Services.GetRequiredService<PlatformEndpoints>().Map(endpoints);
    }

    /// <inheritdoc/>
    public async Task StartAsync(IServiceProvider services, CancellationToken cancellation)
    {
        await services.GetRequiredService<TokenFiles>().PrepareAsync(services.GetRequiredService<HostOptions>().Data, cancellation);
        var resources = services.GetRequiredService<IResources>();
        if ((await resources.ListAsync(_domain, new ResourceFilter { Limit = 1 }, cancellation)).Items.Count == 0)
        {
            await CreateDefaultDomainAsync(resources, services.GetRequiredService<ILogger<ApiModule>>(), cancellation);
        }
    }

    private async Task CreateDefaultDomainAsync(IResources resources, ILogger log, CancellationToken cancellation)
    {
        try
        {
            await resources.CreateAsync(_domain.Plural, new ResourceName(null, DomainKind.DefaultName), [], new WriteContext(Actor.Module(Name)), cancellation);
            ApiLog.DefaultDomainCreated(log, DomainKind.DefaultName);
        }
        catch (BanyanException e) when (e.Error == ResourceErrors.AlreadyExists)
        {
            // Another process started at the same time and was faster.
        }
    }
}
