using Banyan.Contracts;
using Banyan.Contracts.Registry;
using Banyan.Contracts.Registry.V1;
using Banyan.Hosting;
using Microsoft.Extensions.Logging;

namespace Banyan.Gateway.Clusters;

/// <summary>
/// Keeps the clusters as the registry knows them. When the registry is away the last known instances stay: stale addresses serve better than none, and the
/// retry covers those that are gone.
/// </summary>
internal class InstanceFeed(IInstanceDirectory directory, ClusterTable clusters, TimeProvider clock, ILogger<InstanceFeed> log) : ModuleWorker
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(5);

    public override string Name => "instances";

    /// <summary>Of whom it hears: everybody.</summary>
    protected virtual WatchRequest Selection => new();

    /// <summary>Called after each message that was applied.</summary>
    protected virtual void OnApplied()
    {
    }

    protected override async Task RunAsync(CancellationToken cancellation)
    {
        var delay = FirstDelay;
        while (true)
        {
            string problem;
            try
            {
                await foreach (var message in directory.WatchAsync(Selection, cancellation))
                {
                    clusters.Apply(message);
                    OnApplied();
                    delay = FirstDelay;
                    if (message.Reset)
                    {
                        GatewayLog.InstancesSynced(log, message.Changed.Count);
                    }
                }

                problem = "the registry ended the stream.";
            }
            catch (BanyanException e)
            {
                problem = e.Message;
            }

            cancellation.ThrowIfCancellationRequested();
            if (delay > FirstDelay)
            {
                // The first interruption is everyday (a registry that starts or restarts); a lasting one is not.
                GatewayLog.InstancesLost(log, problem, delay);
            }

            await Task.Delay(delay, clock, cancellation);
            delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay;
        }
    }
}
