namespace Banyan.Console.Views;

/// <summary>A service a route leads to.</summary>
/// <param name="Domain">The service's domain.</param>
/// <param name="Name">Its name.</param>
/// <param name="Share">Its share of the requests, as declared; empty when it gets all, <c>rest</c> when it gets what is left.</param>
/// <param name="Service">The service; null when there is none of that name.</param>
/// <param name="Cluster">The service as the gateway of this process sees it; null when it has not told.</param>
public sealed record RouteTarget(string Domain, string Name, string Share, ServiceView? Service, ClusterView? Cluster)
{
    /// <summary>True when the gateway lets nothing through.</summary>
    public bool CircuitOpen => Cluster?.Circuit == "open";

    /// <summary>Instances that are up and that the gateway does not leave out.</summary>
    public int Healthy => CircuitOpen ? 0 : Math.Max(0, (Service?.UpCount ?? 0) - (Cluster?.Endpoints.Count(e => e.State == "up" && !e.InUse) ?? 0));

    /// <summary>Why callers that are led here get no answer; null when they do.</summary>
    public string? Problem =>
        Service is null ? $"There is no service '{Name}' in domain '{Domain}'. Start it, or apply a route that leads elsewhere."
        : Service.Instances.Count == 0 ? $"The service '{Name}' has no instances. Callers get 503 until one registers."
        : Service.UpCount == 0 ? $"None of the {Service.Instances.Count} instances of '{Name}' is up. Callers get 503."
        : CircuitOpen ? $"The circuit of '{Name}' is open. Callers get 503. {Cluster?.CircuitWhy}"
        : null;

    /// <summary>Its share of copies, for people: <c>all</c> or a percentage.</summary>
    public string CopiesShare => Share == "100%" ? "all" : Share;

    /// <summary>True when it leads to this service, which may have come since.</summary>
    public bool Is(ServiceView service) => Name == service.Name && Domain == service.Domain;

    /// <summary>Why copies that are sent here reach nobody; null when they do. Callers do not notice.</summary>
    public string? CopiesProblem =>
        Service is null ? $"There is no service '{Name}' in domain '{Domain}' to get them."
        : Service.Instances.Count == 0 ? "It has no instances to get them."
        : Service.UpCount == 0 ? "None of its instances is up to get them."
        : null;
}
