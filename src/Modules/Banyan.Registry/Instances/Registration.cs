using Banyan.Contracts.Registry.V1;
using Banyan.Registry.Health;

namespace Banyan.Registry.Instances;

/// <summary>A registration that has passed validation, with every default filled in. Immutable.</summary>
/// <param name="Name">Which instance.</param>
/// <param name="Stored">As it lies in the store; never changed after it was handed over.</param>
/// <param name="Ttl">Time without heartbeat after which the lease is over; null = no lease.</param>
/// <param name="Check">The instance's own active check; null = none of its own.</param>
/// <param name="Scheme">http, https, grpc, grpcs (over TLS) or tcp.</param>
/// <param name="Weight">1 to 1000.</param>
internal sealed record Registration(InstanceName Name, StoredRegistration Stored, TimeSpan? Ttl, CheckPlan? Check, string Scheme, uint Weight)
{
    public Instance Described => Stored.Request.Instance;

    public bool Leased => Ttl is not null;

    /// <summary>Reads a stored registration back. Stored values passed validation once, so only defaults are applied.</summary>
    public static Registration Of(StoredRegistration stored)
    {
        var request = stored.Request;
        var instance = request.Instance;
        return new Registration(
            InstanceName.Of(instance),
            stored,
            request.Ttl?.ToTimeSpan(),
            CheckPlan.Of(request.Check),
            instance.Scheme.Length == 0 ? "http" : instance.Scheme,
            instance.Weight == 0 ? RegistrationRules.DefaultWeight : instance.Weight);
    }
}
