namespace Banyan.Gateway.Kinds;

/// <summary>
/// Changes of a head: removed first, then set, then added. Fields of framing and connection, and those the gateway answers for (<c>Host</c>, <c>Via</c>,
/// <c>X-Forwarded-*</c>, <c>Forwarded</c>, <c>Date</c>), cannot be changed.
/// </summary>
public sealed record RouteFieldChanges
{
    /// <summary>Names of fields that go; at most 32.</summary>
    public IReadOnlyList<string>? Remove { get; init; }

    /// <summary>Fields that get exactly this value; at most 32.</summary>
    public IReadOnlyDictionary<string, string>? Set { get; init; }

    /// <summary>Field lines that come on top; at most 32.</summary>
    public IReadOnlyDictionary<string, string>? Add { get; init; }
}
