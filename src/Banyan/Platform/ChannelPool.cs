using System.Collections.Concurrent;
using Banyan.Client.Registry;
using Banyan.Grpc;
using Banyan.Hosting;

namespace Banyan.Platform;

/// <summary>One channel an address: contracts of one process share its connections.</summary>
internal sealed class ChannelPool(ProcessToken token) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Uri, Lazy<GrpcChannel>> _channels = new();

    public GrpcChannel To(Uri address) => _channels.GetOrAdd(
        address, a => new(() => new GrpcChannel(a, RemoteContracts.Showing(token.Read, RemoteInstanceDirectory.MaxMessageSize)))).Value;

    public async ValueTask DisposeAsync()
    {
        foreach (var channel in _channels.Values)
        {
            await channel.Value.DisposeAsync();
        }
    }
}
