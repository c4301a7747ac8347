namespace Banyan.Gateway.Kinds;

/// <summary>Copies requests to a second service and drops its answers. Copies never hold a request back: what is too much is not copied.</summary>
public sealed record RouteMirror
{
    /// <summary>Who gets the copies.</summary>
    public required RouteService Service { get; init; }

    /// <summary>How many requests, to two decimals: <c>10%</c>. Default <c>100%</c>.</summary>
    public string? Share { get; init; }

    /// <summary>Copies under way at one time in each gateway process: 1 to 10000. Default 64.</summary>
    public int? MaxInFlight { get; init; }
}
