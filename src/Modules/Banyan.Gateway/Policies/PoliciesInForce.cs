using Banyan.Gateway.Clusters;
using Banyan.Gateway.Kinds;

namespace Banyan.Gateway.Policies;

/// <summary>Which declared policy is in force for which service, wherever the policies were read.</summary>
/// <param name="use">Puts settings into force for a service.</param>
internal sealed class PoliciesInForce(Action<ServiceName, TrafficSettings> use)
{
    private HashSet<ServiceName> _governed = [];
    private volatile bool _areRead;

    /// <summary>True once all there are have been put into force.</summary>
    public bool AreRead => _areRead;

    /// <summary>Makes these all there are: puts them into force, and the defaults where one is gone.</summary>
    /// <returns>Those that are not in force: should two applies at the same moment both have passed, the older policy is.</returns>
    public IReadOnlyList<DeclaredPolicy> Replace(IEnumerable<DeclaredPolicy> policies)
    {
        var governed = new HashSet<ServiceName>();
        var ignored = new List<DeclaredPolicy>();
        foreach (var policy in policies.OrderBy(p => p.CreatedAt).ThenBy(p => p.Name, StringComparer.Ordinal))
        {
            if (governed.Add(policy.Service))
            {
                use(policy.Service, TrafficPolicyRules.Compile(policy.Spec));
            }
            else
            {
                ignored.Add(policy);
            }
        }

        foreach (var service in _governed.Where(s => !governed.Contains(s)))
        {
            use(service, TrafficSettings.Default);
        }

        _governed = governed;
        _areRead = true;
        return ignored;
    }
}
