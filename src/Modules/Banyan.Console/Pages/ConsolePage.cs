using Banyan.Console.Views;

namespace Banyan.Console.Pages;

/// <summary>One page: its place and its regions.</summary>
/// <param name="Id">Also the class of the page's grid in the style sheet.</param>
/// <param name="Nav">Which entry of the navigation is current.</param>
/// <param name="Regions">In order; each is a component and the id of its element.</param>
public sealed record ConsolePage(string Id, string Nav, IReadOnlyList<PageRegion> Regions)
{
    internal static readonly ConsolePage Overview = new("overview", "overview",
        [new("head", typeof(OverviewHead)), new("trouble", typeof(OverviewTrouble)), new("services", typeof(OverviewServices)), new("changes", typeof(OverviewChanges))]);

    internal static readonly ConsolePage Services = new("services", "services", [new("list", typeof(ServiceList))]);

    internal static readonly ConsolePage Service = new("service", "services",
        [new("head", typeof(ServiceHead)), new("instances", typeof(ServiceInstances)), new("about", typeof(ServiceAbout))]);

    internal static readonly ConsolePage Routes = new("routes", "routes", [new("list", typeof(RouteList))]);

    internal static readonly ConsolePage Clusters = new("clusters", "clusters", [new("list", typeof(ClusterList))]);

    internal static readonly ConsolePage Certificates = new("certificates", "certificates", [new("list", typeof(CertificateList))]);

    internal static readonly ConsolePage Changes = new("changes", "changes", [new("list", typeof(ChangeList))]);

    internal static readonly ConsolePage Modules = new("modules", "modules", [new("list", typeof(ModuleList))]);

    /// <summary>The page at an address inside the console, with the object it is about; null when there is none.</summary>
    internal static PageAddress? At(string path) => path.Trim('/').Split('/') switch
    {
        [""] => new(Overview, string.Empty, string.Empty),
        ["services"] => new(Services, string.Empty, string.Empty),
        ["services", var domain, var name] => new(Service, Uri.UnescapeDataString(domain), Uri.UnescapeDataString(name)),
        ["routes"] => new(Routes, string.Empty, string.Empty),
        ["clusters"] => new(Clusters, string.Empty, string.Empty),
        ["certificates"] => new(Certificates, string.Empty, string.Empty),
        ["changes"] => new(Changes, string.Empty, string.Empty),
        ["modules"] => new(Modules, string.Empty, string.Empty),
        _ => null,
    };
}

/// <summary>A region and the component that renders it.</summary>
public sealed record PageRegion(string Id, Type Component);

/// <summary>A page and the object it is about.</summary>
public sealed record PageAddress(ConsolePage Page, string Domain, string Name)
{
    internal bool Exists(Board board) => Page != ConsolePage.Service || board.Find(Domain, Name) is not null;

    internal string Title => Page.Id switch
    {
        "service" => Name,
        _ => char.ToUpperInvariant(Page.Id[0]) + Page.Id[1..],
    };
}
