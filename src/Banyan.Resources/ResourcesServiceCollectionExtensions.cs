using Banyan.Resources.Audit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Banyan.Resources;

/// <summary>Registers the resource model.</summary>
public static class ResourcesServiceCollectionExtensions
{
    /// <summary>Registers <see cref="IResources"/> over the container's <see cref="Banyan.Store.IStore"/>; again is nothing.</summary>
    public static IServiceCollection AddResources(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new ResourcesOptions());
        services.TryAddSingleton(provider => new KindSet(
            provider.GetServices<ResourceKind>().Concat(provider.GetServices<IKindSource>().SelectMany(s => s.Kinds))));
        services.TryAddSingleton<AuditLog>();
        services.TryAddSingleton<StoreResources>();
        services.TryAddSingleton<IResources>(provider => provider.GetRequiredService<StoreResources>());
        return services;
    }

    /// <summary>Registers a kind, under its own type, too.</summary>
    public static IServiceCollection AddKind<TKind>(this IServiceCollection services, TKind kind)
        where TKind : ResourceKind
    {
        services.TryAddSingleton(kind);
        return services.AddSingleton<ResourceKind>(kind);
    }
}
