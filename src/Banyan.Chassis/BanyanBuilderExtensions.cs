using Banyan.Chassis.Discovery;
using Banyan.Chassis.Health;
using Banyan.Chassis.Registration;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Banyan.Chassis;

/// <summary>Makes a program a service of Banyan.</summary>
public static class BanyanBuilderExtensions
{
    /// <summary>
    /// Registers this instance once the server listens and keeps it alive, answers <c>/healthz</c> and <c>/readyz</c>, leaves in good order, and lets every
    /// <see cref="HttpClient"/> of the factory call other services by name: <c>http://pets/…</c>, through the program's sidecar when <see cref="ChassisOptions.Sidecar"/> names one. Outside Banyan only the
    /// health endpoints remain, and the sidecar.
    /// </summary>
    /// <param name="builder">The program's builder.</param>
    /// <param name="configure">Changes what the environment says.</param>
    public static TBuilder AddBanyan<TBuilder>(this TBuilder builder, Action<ChassisOptions>? configure = null)
        where TBuilder : IHostApplicationBuilder
    {
        var options = ChassisEnvironment.Read(builder.Configuration);
        configure?.Invoke(options);
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<Readiness>();
        services.AddSingleton<IStartupFilter, HealthEndpoints>();
        services.AddHealthChecks();
        if (options.Sidecar is { } sidecar)
        {
            services.AddTransient<SidecarHandler>();
            services.ConfigureHttpClientDefaults(http =>
            {
                http.UseSocketsHttpHandler((handler, _) =>
                {
                    handler.ConnectTimeout = options.ConnectTimeout;
                    handler.UseProxy = false;
                    SidecarHandler.Prepare(handler, sidecar);
                });
                http.AddHttpMessageHandler<SidecarHandler>();
            });
        }

        if (!options.InsideBanyan)
        {
            services.AddHostedService<InertNote>();
            return builder;
        }

        services.AddSingleton<PlatformLink>();
        services.AddSingleton<AdvertisedAddress>();
        services.AddHostedService<InstanceLife>();
        if (options.Sidecar is not null)
        {
            return builder;
        }

        services.AddSingleton<KnownInstances>();
        services.AddSingleton<ServiceDirectory>();
        services.AddTransient<ServiceNameHandler>();
        services.ConfigureHttpClientDefaults(http =>
        {
            http.UseSocketsHttpHandler((handler, _) =>
            {
                handler.ConnectTimeout = options.ConnectTimeout;
                handler.PooledConnectionLifetime = TimeSpan.FromMinutes(5);
            });
            http.AddHttpMessageHandler<ServiceNameHandler>();
        });
        return builder;
    }
}
