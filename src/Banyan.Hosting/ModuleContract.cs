namespace Banyan.Hosting;

/// <summary>Something one module provides and others require: an interface, a name to speak of it, and the setting that says where it is when it is elsewhere.</summary>
public sealed class ModuleContract : IEquatable<ModuleContract>
{
    private ModuleContract(string name, string addressSetting, Type? type) => (Name, AddressSetting, Type) = (name, addressSetting, type);

    /// <summary>Dotted name, for example <c>registry.directory</c>; the identity of the contract.</summary>
    public string Name { get; }

    /// <summary>The setting with the address of a process that provides it, for example <c>registry.address</c>.</summary>
    public string AddressSetting { get; }

    /// <summary>The interface, where the describer knows it.</summary>
    public Type? Type { get; }

    /// <summary>Describes a contract by its interface.</summary>
    public static ModuleContract For<T>(string name, string addressSetting)
        where T : class => new(name, addressSetting, typeof(T));

    /// <summary>Describes a contract whose interface this place cannot see.</summary>
    public static ModuleContract Named(string name, string addressSetting) => new(name, addressSetting, null);

    /// <inheritdoc/>
    public bool Equals(ModuleContract? other) => other is not null && other.Name == Name;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ModuleContract);

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
