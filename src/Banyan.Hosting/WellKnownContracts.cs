namespace Banyan.Hosting;

/// <summary>Contracts between the platform's own modules. They stand here because no module may refer to another.</summary>
public static class WellKnownContracts
{
    /// <summary>The key space under everything; <c>Banyan.Store.IStore</c>.</summary>
    public static ModuleContract Store { get; } = ModuleContract.Named("store", "store.address");

    /// <summary>Which instances there are; <c>Banyan.Contracts.Registry.IInstanceDirectory</c>.</summary>
    public static ModuleContract Directory { get; } =
        ModuleContract.For<Contracts.Registry.IInstanceDirectory>("registry.directory", "registry.address");

    /// <summary>Registering instances; <c>Banyan.Contracts.Registry.IInstanceRegistrar</c>.</summary>
    public static ModuleContract Registrar { get; } =
        ModuleContract.For<Contracts.Registry.IInstanceRegistrar>("registry.registrar", "registry.address");
}
