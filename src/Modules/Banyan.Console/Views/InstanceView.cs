using Banyan.Contracts.Registry.V1;

namespace Banyan.Console.Views;

/// <summary>One instance.</summary>
public sealed record InstanceView
{
    public required string Domain { get; init; }

    public required string Service { get; init; }

    public required string Id { get; init; }

    public required string Address { get; init; }

    public required string Zone { get; init; }

    public required string Version { get; init; }

    public required InstanceStatus Status { get; init; }

    public required string Reason { get; init; }

    public required DateTimeOffset? Since { get; init; }

    public required DateTimeOffset? RegisteredAt { get; init; }

    public required bool Leased { get; init; }

    public required IReadOnlyList<KeyValuePair<string, string>> Metadata { get; init; }

    /// <summary>The process id, where the instance told it.</summary>
    public string? Pid => Metadata.FirstOrDefault(m => m.Key == "pid").Value is { Length: > 0 } pid && pid.All(char.IsAsciiDigit) ? pid : null;

    internal static InstanceView Of(Instance instance) => new()
    {
        Domain = instance.Domain,
        Service = instance.Service,
        Id = instance.Id,
        Address = $"{(instance.Scheme.Length == 0 ? "http" : instance.Scheme)}://{(instance.Host.Contains(':') ? $"[{instance.Host}]" : instance.Host)}:{instance.Port}",
        Zone = instance.Zone,
        Version = instance.Version,
        Status = instance.State switch
        {
            InstanceState.Up => InstanceStatus.Up,
            InstanceState.Down => InstanceStatus.Down,
            InstanceState.Draining => InstanceStatus.Draining,
            InstanceState.Lost => InstanceStatus.Lost,
            _ => InstanceStatus.Starting,
        },
        Reason = instance.Reason,
        Since = instance.Since?.ToDateTimeOffset(),
        RegisteredAt = instance.RegisteredAt?.ToDateTimeOffset(),
        Leased = instance.Leased,
        Metadata = [.. instance.Metadata.OrderBy(m => m.Key, StringComparer.Ordinal)],
    };
}
