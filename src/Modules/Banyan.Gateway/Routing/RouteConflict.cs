namespace Banyan.Gateway.Routing;

/// <summary>Why a route, or one of its hosts, is not in the table.</summary>
/// <param name="Route">The route that is left out.</param>
/// <param name="Holder">The older route that has the place; null when the route itself is at fault.</param>
/// <param name="Message">For people.</param>
internal sealed record RouteConflict(RouteName Route, RouteName? Holder, string Message);
