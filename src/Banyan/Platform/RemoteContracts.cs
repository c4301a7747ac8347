using Banyan.Client.Registry;
using Banyan.Contracts.Registry;
using Banyan.Grpc;
using Banyan.Hosting;
using Banyan.Store;
using Banyan.Store.Remote;
using Microsoft.Extensions.DependencyInjection;

namespace Banyan.Platform;

/// <summary>How a process reaches contracts that another process provides.</summary>
internal static class RemoteContracts
{
    public static void AddTo(ModuleHostBuilder builder)
    {
        builder.AddRemoteContract<IInstanceDirectory>(WellKnownContracts.Directory, (services, address) => new RemoteInstanceDirectory(Channel(services, address)));
        builder.AddRemoteContract<IInstanceRegistrar>(WellKnownContracts.Registrar, (services, address) => new RemoteInstanceRegistrar(Channel(services, address)));
        builder.AddRemoteContract<IStore>(WellKnownContracts.Store, (services, address) => new RemoteStore(StoreChannel(address, Token(services))));
        builder.ConfigureServices(services => services.AddSingleton<ChannelPool>().AddSingleton<ProcessToken>());
    }

    /// <summary>A channel that shows a token with every call. The store has one of its own: its streams should not wait behind others'.</summary>
    internal static GrpcChannel StoreChannel(Uri address, Func<string?> token) => new(address, Showing(token, 4 * 1024 * 1024));

    /// <summary>Channel settings that show a token with every call.</summary>
    internal static GrpcChannelOptions Showing(Func<string?> token, int maxReceiveMessageSize) => new()
    {
        MaxReceiveMessageSize = maxReceiveMessageSize,
        MetadataProvider = _ => new(token() is { } shown ? new GrpcMetadata { { "authorization", "Bearer " + shown } } : null),
    };

    private static GrpcChannel Channel(IServiceProvider services, Uri address) => services.GetRequiredService<ChannelPool>().To(address);

    private static Func<string?> Token(IServiceProvider services) => services.GetRequiredService<ProcessToken>().Read;
}
