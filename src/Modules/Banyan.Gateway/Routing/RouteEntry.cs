using Banyan.Gateway.Kinds;

namespace Banyan.Gateway.Routing;

/// <summary>One declared route as the compiler takes it. <paramref name="Order"/> decides between two routes that are equal otherwise: the lower, older one wins.</summary>
internal sealed record RouteEntry(RouteName Name, RouteSpec Spec, long Order = 0);
