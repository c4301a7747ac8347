using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Banyan.Chassis.Discovery;

/// <summary>The services this program calls: each is watched from its first use on.</summary>
internal sealed class ServiceDirectory(ChassisOptions options, PlatformLink link, KnownInstances known, TimeProvider clock, ILogger<ServiceDirectory> log) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<ServiceWatch>> _watches = new(StringComparer.Ordinal);

    /// <summary>The service's instances as known now; waits a moment on first use.</summary>
    public ValueTask<InstanceRing> FindAsync(string service, CancellationToken cancellation) =>
        _watches.GetOrAdd(service, s => new Lazy<ServiceWatch>(() => new ServiceWatch(s, options, link.Directory, known, clock, log))).Value.RingAsync(cancellation);

    public async ValueTask DisposeAsync()
    {
        foreach (var watch in _watches.Values)
        {
            await watch.Value.DisposeAsync();
        }
    }
}
