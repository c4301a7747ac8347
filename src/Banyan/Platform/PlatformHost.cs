using Banyan.Cli.Platform;
using Banyan.Contracts;
using Banyan.Hosting;
using Banyan.Hosting.Settings;
using Banyan.Http;
using Banyan.Http.Authentication;
using Banyan.Store;
using Microsoft.Extensions.DependencyInjection;

namespace Banyan.Platform;

/// <summary>Composes the platform's module host from what the command line says.</summary>
internal static class PlatformHost
{
    public static ModuleHostBuilder CreateBuilder(PlatformSettings settings)
    {
        var modules = ModuleCatalog.Create();
        var builder = new ModuleHostBuilder
        {
            Log = settings.Log,

            // A sidecar keeps nothing, and runs where its service may not write.
            NeedsDataDirectory = settings.Target != "sidecar",
            ExitCodeFor = ExitCodeFor,
        };
        builder.Settings.AddStandard(settings.ConfigurationFile, Environment.GetEnvironmentVariables(), Flags(settings));
        builder.AddModules(modules);
        builder.ConfigureServices(services =>
        {
            foreach (var source in ModuleCatalog.KindSources(modules))
            {
                services.AddSingleton(source);
            }

            // Added first, so that what follows leaves it alone.
            services.AddSingleton<ICredentials>(s => s.GetService<IStore>() is null ? new ProcessCredentials(s.GetRequiredService<ProcessToken>()) : s.GetRequiredService<StoreCredentials>());
            services.AddBanyanHttp();
        });
        builder.ConfigurePipeline(application => application.UseBanyan());
        RemoteContracts.AddTo(builder);
        return builder;
    }

    private static List<KeyValuePair<string, string>> Flags(PlatformSettings settings)
    {
        var flags = settings.Values.ToList();
        if (settings.Target != "all")
        {
            // Unset is 'all', so that a target in the configuration file holds when the command line names none.
            flags.Add(KeyValuePair.Create("host.target", settings.Target));
        }

        return flags;
    }

    private static int? ExitCodeFor(Exception cause) => cause is StoreException store ? StoreOperations.ExitCodeOf(store.Error) : null;
}
