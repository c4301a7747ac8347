namespace Banyan.Console.Views;

/// <summary>A service a route leads to.</summary>
/// <param name="Domain">The service's domain.</param>
/// <param name="Name">Its name.</param>
/// <param name="Share">Its share of the requests, as declared; empty when it gets all, <c>rest</c> when it gets what is left.</param>
/// <param name="Service">The service; null when there is none of that name.</param>
public sealed record RouteTarget(string Domain, string Name, string Share, ServiceView? Service)
{
    /// <summary>Why callers that are led here get no answer; null when they do.</summary>
    public string? Problem =>
        Service is null ? $"There is no service '{Name}' in domain '{Domain}'. Start it, or apply a route that leads elsewhere."
        : Service.Instances.Count == 0 ? $"The service '{Name}' has no instances. Callers get 503 until one registers."
        : Service.UpCount == 0 ? $"None of the {Service.Instances.Count} instances of '{Name}' is up. Callers get 503."
        : null;
}
