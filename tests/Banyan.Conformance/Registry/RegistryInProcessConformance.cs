using Banyan.Contracts.Registry;
using Banyan.Registry.Tests;

namespace Banyan.Conformance.Registry;

/// <summary>The suite against the registry in this process.</summary>
public sealed class RegistryInProcessConformance : RegistryContractConformance
{
    private protected override IInstanceDirectory DirectoryOf(RegistryHost host) => host.Directory;

    private protected override IInstanceRegistrar RegistrarOf(RegistryHost host) => host.Registrar;
}
