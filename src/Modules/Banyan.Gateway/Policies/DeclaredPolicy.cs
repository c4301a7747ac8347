using Banyan.Gateway.Clusters;
using Banyan.Gateway.Kinds;

namespace Banyan.Gateway.Policies;

/// <summary>A policy as declared.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Service">Whose requests it is for.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="Spec">What it says.</param>
internal sealed record DeclaredPolicy(string Name, ServiceName Service, DateTimeOffset CreatedAt, TrafficPolicySpec Spec);
