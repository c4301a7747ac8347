namespace Banyan.Gateway.Kinds;

/// <summary>Names a service.</summary>
public sealed record RouteService
{
    /// <summary>The service's name.</summary>
    public required string Name { get; init; }

    /// <summary>The service's domain. Absent = the route's own domain.</summary>
    public string? Domain { get; init; }
}
