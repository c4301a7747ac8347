using Banyan.Contracts.Registry.V1;

namespace Banyan.Registry.Instances;

/// <summary>Which instance: unique over the whole registry.</summary>
internal readonly record struct InstanceName(string Domain, string Service, string Id)
{
    public static InstanceName Of(InstanceKey key) => new(key.Domain, key.Service, key.Id);

    public static InstanceName Of(Instance instance) => new(instance.Domain, instance.Service, instance.Id);

    public InstanceKey ToKey() => new() { Domain = Domain, Service = Service, Id = Id };

    public override string ToString() => $"{Domain}/{Service}/{Id}";
}

/// <summary>Which service; the unit of lookups and of change notices.</summary>
internal readonly record struct ServiceName(string Domain, string Service)
{
    public override string ToString() => $"{Domain}/{Service}";
}
