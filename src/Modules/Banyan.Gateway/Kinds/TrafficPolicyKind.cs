using Banyan.Resources;

namespace Banyan.Gateway.Kinds;

/// <summary>
/// The kind <c>TrafficPolicy</c>: how requests to one service are spread and protected. A kind of its own and not fields of the service, because it is the
/// gateway's to understand: a platform without the gateway has services all the same.
/// </summary>
public sealed class TrafficPolicyKind() : ResourceKind<TrafficPolicySpec, TrafficPolicyStatus>(
    "TrafficPolicy", "trafficpolicies", KindScope.Domain, "How requests to a service are spread and protected.", TrafficPolicyJson.Default.TrafficPolicySpec, TrafficPolicyJson.Default.TrafficPolicyStatus)
{
    /// <inheritdoc/>
    public override IEnumerable<string> ClaimsOf(string? domain, TrafficPolicySpec spec) => [$"{domain}/{spec.Service}"];

    /// <inheritdoc/>
    public override async ValueTask ValidateAsync(Resource<TrafficPolicySpec, TrafficPolicyStatus> resource, ResourceValidation v, CancellationToken ct)
    {
        // 1. The spec by itself.
        foreach (var fault in TrafficPolicyRules.Check(resource.Spec))
        {
            v.Add(fault.Pointer, fault.Message, fault.Code);
        }

        // 2. What it is for, and who else wants that.
        await v.RequireExistsAsync("Service", new ResourceName(null, resource.Spec.Service), "/spec/service", ct);
        if (await v.SharingAsync(this, resource, ct) is [var other, ..])
        {
            v.Add("/spec/service", $"TrafficPolicy '{other.Name}' is for service '{resource.Spec.Service}' already. Change that one, or delete it first.", "duplicate");
        }
    }
}
