using Banyan.Gateway.Listening;
using Banyan.Gateway.Sidecars;
using Banyan.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Banyan.Gateway;

/// <summary>The module <c>sidecar</c>: beside one program, brings its requests to other services and others' requests to it.</summary>
public sealed class SidecarModule : IModule
{
    /// <inheritdoc/>
    public string Name => "sidecar";

    /// <inheritdoc/>
    public string Summary => "beside one program: its calls to services by name, and theirs to it";

    /// <inheritdoc/>
    public IReadOnlyList<ModuleContract> Requires => [WellKnownContracts.Directory, WellKnownContracts.Registrar];

    /// <inheritdoc/>
    public bool IsInAll => false;

    /// <inheritdoc/>
    public void AddServices(ModuleBuilder module)
    {
        module.AddOptions<SidecarOptions>(SidecarOptions.Validate);
        var services = module.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ProcessToken>();
        services.AddSingleton<Sidecar>();
        services.AddSingleton(s => new SidecarListener(
            s.GetRequiredService<SidecarOptions>(),
            s.GetRequiredService<Sidecar>(),
            new ConnectionLimits(s.GetRequiredService<SidecarOptions>(), s.GetRequiredService<Sidecar>().Metrics, s.GetRequiredService<ILogger<ConnectionLimits>>()),
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILogger<SidecarListener>>()));
        services.AddSingleton<SidecarRegistration>();
        module.AddWorker<SidecarInstanceFeed>();
        module.AddWorker<SidecarPolicyFeed>();
        module.AddWorker<SidecarAccessLog>();
        module.AddReadiness("instances", s => s.GetRequiredService<Sidecar>().NotReadyBecause);
    }

    /// <inheritdoc/>
    public Task StartAsync(IServiceProvider services, CancellationToken cancellation)
    {
        var listener = services.GetRequiredService<SidecarListener>();
        var sidecar = services.GetRequiredService<Sidecar>();
        var urls = services.GetRequiredService<ModuleUrls>();
        sidecar.Metrics.Observe(() => sidecar.Faces.SelectMany(face => face.Routes.Current?.Routes ?? []), listener.Connections);
        Uri? inbound = null;
        foreach (var (face, url) in listener.Start())
        {
            urls.Set($"{Name}/{face.Name}", url);
            SidecarLog.Listening(services.GetRequiredService<ILogger<SidecarModule>>(), url, face.Name);
            inbound = face.Clusters == sidecar.App ? url : inbound;
        }

        services.GetRequiredService<SidecarRegistration>().Begin(inbound);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(IServiceProvider services, CancellationToken cancellation)
    {
        var options = services.GetRequiredService<SidecarOptions>();
        var registration = services.GetRequiredService<SidecarRegistration>();
        await registration.DrainAsync(cancellation);
        using var drain = new CancellationTokenSource(options.DrainTimeout, services.GetRequiredService<TimeProvider>());
        using var either = CancellationTokenSource.CreateLinkedTokenSource(drain.Token, cancellation);
        await services.GetRequiredService<SidecarListener>().StopAsync(either.Token);
        if (drain.IsCancellationRequested)
        {
            SidecarLog.DrainOverran(services.GetRequiredService<ILogger<SidecarModule>>(), options.DrainTimeout);
        }

        await registration.EndAsync();
        services.GetRequiredService<SidecarAccessLog>().Flush();
    }
}
