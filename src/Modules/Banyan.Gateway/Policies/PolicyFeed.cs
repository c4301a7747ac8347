using Banyan.Gateway.Clusters;
using Banyan.Gateway.Kinds;
using Banyan.Hosting;
using Banyan.Resources;
using Banyan.Resources.Watching;
using Microsoft.Extensions.Logging;

namespace Banyan.Gateway.Policies;

/// <summary>Puts declared policies into force whenever they change, and the defaults where one is gone. Until they are read the defaults hold.</summary>
internal sealed class PolicyFeed(IResources resources, TrafficPolicyKind kind, ClusterTable clusters, ILogger<PolicyFeed> log) : ModuleWorker
{
    private HashSet<ServiceName> _governed = [];

    public override string Name => "policies";

    protected override async Task RunAsync(CancellationToken cancellation)
    {
        await foreach (var snapshot in resources.Informer(kind).FollowAsync(cancellation))
        {
            Apply(snapshot.Values);
        }
    }

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
