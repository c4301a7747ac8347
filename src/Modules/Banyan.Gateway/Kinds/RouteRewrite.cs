namespace Banyan.Gateway.Kinds;

/// <summary>What the service sees instead of what the client sent. The query stays.</summary>
public sealed record RouteRewrite
{
    /// <summary>What takes the place of <see cref="RouteSpec.Path"/>; <c>/</c> is the same as <see cref="RouteSpec.StripPrefix"/>.</summary>
    public string? Prefix { get; init; }

    /// <summary>A whole path; with <see cref="RouteSpec.PathTemplate"/> its parameters may stand in it: <c>/v2/{id}</c>.</summary>
    public string? Path { get; init; }

    /// <summary>The value of <c>Host</c>: a host name, with a port if need be.</summary>
    public string? Host { get; init; }
}
