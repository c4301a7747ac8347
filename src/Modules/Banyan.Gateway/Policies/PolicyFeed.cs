using Banyan.Gateway.Clusters;
using Banyan.Gateway.Kinds;
using Banyan.Hosting;
using Banyan.Resources;
using Banyan.Resources.Watching;
using Microsoft.Extensions.Logging;

namespace Banyan.Gateway.Policies;

/// <summary>Puts declared policies into force whenever they change, and the defaults where one is gone. Until they are read the defaults hold.</summary>
internal sealed class PolicyFeed(IResources resources, TrafficPolicyKind kind, PoliciesInForce inForce, ILogger<PolicyFeed> log) : ModuleWorker
{
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
        var declared = policies
            .Where(p => p.Metadata.DeletedAt is null)
            .Select(p => new DeclaredPolicy(p.Metadata.Name, new ServiceName(p.Metadata.Domain ?? string.Empty, p.Spec.Service), p.Metadata.CreatedAt, p.Spec));
        foreach (var policy in inForce.Replace(declared))
        {
            GatewayLog.PolicyIgnored(log, $"{policy.Service.Domain}/{policy.Name}", policy.Service);
        }
    }
}
