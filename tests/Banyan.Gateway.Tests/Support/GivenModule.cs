using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Banyan.Contracts.Registry;
using Banyan.Contracts.Registry.V1;
using Banyan.Hosting;
using Banyan.Resources;
using Banyan.Store;
using Banyan.Store.Memory;
using Microsoft.Extensions.DependencyInjection;

namespace Banyan.Gateway.Tests.Support;

/// <summary>Everything the gateway requires, given by the test: a store in memory and a directory that tells what the test says.</summary>
internal sealed class GivenModule : IModule, IInstanceDirectory
{
    private readonly Channel<WatchResponse> _messages = Channel.CreateUnbounded<WatchResponse>();

    public string Name => "given";

    public string Summary => "store and directory of a test";

    public IReadOnlyList<ModuleContract> Provides => [WellKnownContracts.Store, WellKnownContracts.Directory];

    public void AddServices(ModuleBuilder module)
    {
        module.Services.AddSingleton<IStore>(new MemoryStore(TimeProvider.System));
        module.Services.AddSingleton<IInstanceDirectory>(this);
        module.Services.AddKind(new PlainServiceKind());
        module.Services.AddSingleton<ResourceKind>(services => services.GetRequiredService<Gateway.Kinds.RouteKind>());
        module.Services.AddSingleton<ResourceKind>(services => services.GetRequiredService<Gateway.Kinds.CertificateKind>());
        module.Services.AddSingleton<ResourceKind>(services => services.GetRequiredService<Gateway.Kinds.TrafficPolicyKind>());
    }

    public void Tell(WatchResponse message) => _messages.Writer.TryWrite(message);

    public ValueTask<LookupResponse> LookupAsync(LookupRequest request, CancellationToken cancellation) => throw new NotSupportedException();

    public async IAsyncEnumerable<WatchResponse> WatchAsync(WatchRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var message in _messages.Reader.ReadAllAsync(cancellation))
        {
            yield return message;
        }
    }
}
