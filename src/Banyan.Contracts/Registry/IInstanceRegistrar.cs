using Banyan.Contracts.Registry.V1;

namespace Banyan.Contracts.Registry;

/// <summary>Registers instances and keeps them alive. Provided by the registry; in-process or over gRPC with the same semantics. Every call is idempotent.</summary>
public interface IInstanceRegistrar
{
    /// <summary>Creates or replaces one registration. Durable when it returns.</summary>
    /// <exception cref="BanyanException">Unprocessable with one fault a field.</exception>
    ValueTask<RegisterResponse> RegisterAsync(RegisterRequest request, CancellationToken cancellation);

    /// <summary>Renews a lease.</summary>
    /// <exception cref="BanyanException">NotFound: register again.</exception>
    ValueTask<HeartbeatResponse> HeartbeatAsync(HeartbeatRequest request, CancellationToken cancellation);

    /// <summary>Takes the instance out of rotation; it stays registered.</summary>
    /// <exception cref="BanyanException">NotFound.</exception>
    ValueTask<DrainResponse> DrainAsync(DrainRequest request, CancellationToken cancellation);

    /// <summary>Removes the registration, believed at once; succeeds when it is not there.</summary>
    ValueTask<DeregisterResponse> DeregisterAsync(DeregisterRequest request, CancellationToken cancellation);
}
