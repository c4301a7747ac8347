namespace Banyan.Gateway.Kinds;

/// <summary>What a developer wants: requests with these hosts and this path prefix go to that service.</summary>
public sealed record RouteSpec
{
    /// <summary>
    /// Host names without port: <c>shop.example</c> for one host, <c>*.example</c> for every name below <c>example</c> at any depth. Empty or absent = every host.
    /// </summary>
    public IReadOnlyList<string>? Hosts { get; init; }

    /// <summary>Path prefix, matched by whole segments and case-sensitively: <c>/pets</c> takes <c>/pets</c> and <c>/pets/7</c>, not <c>/petshop</c>. Default <c>/</c>.</summary>
    public string? Path { get; init; }

    /// <summary>The service that answers.</summary>
    public required RouteService Service { get; init; }

    /// <summary>True: the service sees the path without <see cref="Path"/>. Default false.</summary>
    public bool StripPrefix { get; init; }

    /// <summary>
    /// How long the service may take from the end of the request to the head of its answer: <c>30s</c>, <c>500ms</c>, <c>2m</c>. Absent = the gateway's option
    /// <c>gateway.responseHeaderTimeout</c>. A body that streams is not limited by it.
    /// </summary>
    public string? Timeout { get; init; }
}
