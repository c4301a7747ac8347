using Banyan.Api;
using Banyan.Console;
using Banyan.Gateway;
using Banyan.Hosting;
using Banyan.Registry;
using Banyan.Resources;
using Banyan.Storage;

namespace Banyan;

/// <summary>The one list of modules in this binary. A test compares it with the folders under <c>src/Modules</c>.</summary>
internal static class ModuleCatalog
{
    /// <summary>New objects each time: a process may run more than one host.</summary>
    public static IReadOnlyList<IModule> Create() =>
    [
        new ApiModule(),
        new ConsoleModule(),
        new GatewayModule(),
        new RegistryModule(),
        new SidecarModule(),
        new StorageModule(),
    ];

    /// <summary>The kinds of all modules, whatever the target: a process without the gateway validates a Route as one with it does.</summary>
    public static IEnumerable<IKindSource> KindSources(IEnumerable<IModule> modules) => modules.OfType<IKindSource>();
}
