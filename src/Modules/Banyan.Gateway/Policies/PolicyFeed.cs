using System.Threading.Channels;
using Banyan.Gateway.Clusters;
using Banyan.Gateway.Kinds;
using Banyan.Hosting;
using Banyan.Resources;
using Microsoft.Extensions.Logging;

namespace Banyan.Gateway.Policies;

/// <summary>Puts declared policies into force whenever they change, and the defaults where one is gone. Until they are read the defaults hold.</summary>
internal sealed class PolicyFeed(IResources resources, TrafficPolicyKind kind, ClusterTable clusters, ILogger<PolicyFeed> log) : ModuleWorker
{
    // One waiting signal is enough: the snapshot is read after it.
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private HashSet<ServiceName> _governed = [];

    public override string Name => "policies";

    protected override async Task RunAsync(CancellationToken cancellation)
    {
        var informer = resources.Informer(kind);
        informer.Changed += Signal;
        try
        {
            await informer.WaitForSyncAsync(cancellation);
            while (true)
            {
                Apply(informer.Snapshot.Values);
                await _changed.Reader.ReadAsync(cancellation);
            }
        }
        finally
        {
            informer.Changed -= Signal;
        }
    }

    private void Signal() => _changed.Writer.TryWrite(true);

    private void Apply(IEnumerable<Resource<TrafficPolicySpec, TrafficPolicyStatus>> policies)
    {
        var governed = new HashSet<ServiceName>();

        // Should two applies at the same moment both have passed, the older policy is in force.
        foreach (var policy in policies.Where(p => p.Metadata.DeletedAt is null).OrderBy(p => p.Metadata.CreatedAt).ThenBy(p => p.Metadata.Name, StringComparer.Ordinal))
        {
            var service = new ServiceName(policy.Metadata.Domain ?? string.Empty, policy.Spec.Service);
            if (!governed.Add(service))
            {
                GatewayLog.PolicyIgnored(log, policy.Name.ToString(), service);
                continue;
            }

            clusters.Get(service).Use(TrafficPolicyRules.Compile(policy.Spec));
        }

        foreach (var service in _governed.Where(s => !governed.Contains(s)))
        {
            clusters.Get(service).Use(TrafficSettings.Default);
        }

        _governed = governed;
    }
}
