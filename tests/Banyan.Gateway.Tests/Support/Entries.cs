using Banyan.Gateway.Kinds;
using Banyan.Gateway.Routing;

namespace Banyan.Gateway.Tests.Support;

/// <summary>Builders of declared routes and of instances.</summary>
internal static class Entries
{
    public static RouteEntry Route(string name, string? path = null, string[]? hosts = null, string? service = null, bool strip = false, string? timeout = null, long order = 0) =>
        Route(name, s => s with { Hosts = hosts, Path = path, StripPrefix = strip, Timeout = timeout, Service = new RouteService { Name = service ?? name } }, order);

    /// <summary>A route to the service <paramref name="name"/>, with more in its spec.</summary>
    public static RouteEntry Route(string name, Func<RouteSpec, RouteSpec> with, long order = 0) =>
        new(new RouteName("default", name), with(new RouteSpec { Service = new RouteService { Name = name } }), order);

    public static Contracts.Registry.V1.Instance Instance(
        string service, string id, int port, Contracts.Registry.V1.InstanceState state = Contracts.Registry.V1.InstanceState.Up, string scheme = "http", string reason = "") => new()
        {
            Domain = "default",
            Service = service,
            Id = id,
            Host = "127.0.0.1",
            Port = (uint)port,
            Scheme = scheme,
            State = state,
            Reason = reason,
        };
}
