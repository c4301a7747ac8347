using System.Text.Json.Nodes;
using Banyan.Console.State;
using Banyan.Hosting;

namespace Banyan.Console.Views;

/// <summary>Everything the pages show, at one moment. Never changes.</summary>
public sealed record Board
{
    public required DateTimeOffset Now { get; init; }

    /// <summary>By name, worst health first is <see cref="Troubled"/>.</summary>
    public required IReadOnlyList<ServiceView> Services { get; init; }

    public required IReadOnlyList<RouteView> Routes { get; init; }

    /// <summary>Services as the gateway of this process sees them; empty when there is none, or it has not been asked yet.</summary>
    public required IReadOnlyList<ClusterView> Clusters { get; init; }

    /// <summary>Those that end first come first.</summary>
    public required IReadOnlyList<CertificateView> Certificates { get; init; }

    /// <summary>Newest first.</summary>
    public required IReadOnlyList<ChangeView> Changes { get; init; }

    public required IReadOnlyList<ModuleStatus> Modules { get; init; }

    /// <summary>Why what is shown may be incomplete or old; empty when it is not.</summary>
    public required IReadOnlyList<string> Gaps { get; init; }

    public IEnumerable<ServiceView> Troubled =>
        Services.Where(s => s.Health is ServiceHealth.Down or ServiceHealth.Degraded).OrderBy(s => s.Health);

    /// <summary>Routes whose callers get no answer for a reason their service's row does not tell already.</summary>
    public IEnumerable<RouteView> DeadRoutes => Routes.Where(r => r.Dead && (r.Total == 0 || r.CircuitOpen));

    public IEnumerable<ModuleStatus> TroubledModules => Modules.Where(m => m.State != ModuleState.Running || m.NotReadyBecause is not null);

    public int Troubles => Troubled.Count() + DeadRoutes.Count() + TroubledModules.Count();

    /// <summary>The sign of the worst trouble.</summary>
    public string WorstTone =>
        Troubled.Any(s => s.Health == ServiceHealth.Down) || DeadRoutes.Any() || TroubledModules.Any(m => m.State == ModuleState.Failed) ? "down" : "degraded";

    public int InstanceCount => Services.Sum(s => s.Instances.Count);

    public int UpCount => Services.Sum(s => s.UpCount);

    public ServiceView? Find(string domain, string name) => Services.FirstOrDefault(s => s.Domain == domain && s.Name == name);

    internal static Board Of(ConsoleSnapshot state, IReadOnlyList<ModuleStatus> modules, DateTimeOffset now)
    {
        var instances = state.Instances.Values.Select(InstanceView.Of)
            .GroupBy(i => (i.Domain, Name: i.Service))
            .ToDictionary(g => g.Key, g => (IReadOnlyList<InstanceView>)[.. g.OrderBy(i => i.Id, NaturalOrder.Instance)]);
        List<ServiceView> services =
        [
            .. state.Documents("services").Keys.Select(k => (Domain: k.Domain ?? string.Empty, k.Name)).Union(instances.Keys)
                .OrderBy(k => k.Domain != "default").ThenBy(k => k.Domain, StringComparer.Ordinal).ThenBy(k => k.Name, NaturalOrder.Instance)
                .Select(k => ServiceView.Of(k.Domain, k.Name, state.Documents("services").GetValueOrDefault(new(k.Domain, k.Name)), instances.GetValueOrDefault(k, []))),
        ];
        var traffic = RouteTraffic.Of(state.Gateway);
        var byName = services.ToDictionary(s => (s.Domain, s.Name));
        var clusters = ClusterView.Of(state.Gateway);
        var byCluster = clusters.GroupBy(c => (c.Domain, c.Name)).ToDictionary(g => g.Key, g => g.First());
        return new Board
        {
            Now = now,
            Services = services,
            Routes =
            [
                .. state.Documents("routes")
                    .Select(r => (Domain: r.Key.Domain ?? string.Empty, r.Key.Name, Document: r.Value))
                    .Select(r => RouteView.Of(r.Domain, r.Name, r.Document, (d, n) => (byName.GetValueOrDefault((d, n)), byCluster.GetValueOrDefault((d, n))), traffic.GetValueOrDefault((r.Domain, r.Name))))
                    .OrderBy(r => r.Traffic?.Rank ?? int.MaxValue).ThenBy(r => r.Hosts.Count > 0 ? r.Hosts[0] : string.Empty, StringComparer.Ordinal).ThenBy(r => r.Path, StringComparer.Ordinal).ThenBy(r => r.FullName, StringComparer.Ordinal),
            ],
            Clusters = clusters,
            Certificates =
            [
                .. state.Documents("certificates").Select(c => CertificateView.Of(c.Key.Domain ?? string.Empty, c.Key.Name, c.Value, now))
                    .OrderBy(c => c.NotAfter ?? DateTimeOffset.MinValue).ThenBy(c => c.FullName, StringComparer.Ordinal),
            ],
            Changes = state.Changes,
            Modules = modules,
            Gaps = [.. state.Gaps.Values.Order(StringComparer.Ordinal)],
        };
    }
}
