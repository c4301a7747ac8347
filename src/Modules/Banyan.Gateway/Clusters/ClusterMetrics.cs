using System.Diagnostics.Metrics;
using Banyan.Gateway.Limits;

namespace Banyan.Gateway.Clusters;

/// <summary>
/// What protects services, as numbers. Tags: <c>service</c> = domain/name; <c>limit</c> = a rate limit's name in its policy; <c>outcome</c> = <c>first</c> or
/// <c>second</c>, whose answer it was. Read from the clusters when metrics are asked for; a request counts nothing for them.
/// </summary>
internal sealed class ClusterMetrics : IDisposable
{
    private static readonly bool[] Sides = [false, true];

    private readonly Meter _meter = new(GatewayMetrics.MeterName);
    private readonly ClusterTable _clusters;

    public ClusterMetrics(ClusterTable clusters, TimeProvider clock)
    {
        _clusters = clusters;
        _meter.CreateObservableCounter("banyan.gateway.ejections", () => Counts(c => c.Ejections), "{ejection}", "Instances left out because they were worse than their peers.");
        _meter.CreateObservableUpDownCounter("banyan.gateway.ejected", () => Counts(c => c.EjectedCount(clock.NowTicks())), "{instance}", "Instances left out now.");
        _meter.CreateObservableCounter("banyan.gateway.shed", () => Counts(c => c.Shed), "{request}", "Requests refused because their service was full or its circuit open.");
        _meter.CreateObservableGauge("banyan.gateway.circuit.state", Circuits, null, "0 = closed, 1 = half-open, 2 = open. Services whose circuit never opened are left out.");
        _meter.CreateObservableCounter("banyan.gateway.circuit.openings", () => Counts(c => c.Circuit.AllOpenings), "{opening}", "How often a service was left alone because it failed as a whole.");
        _meter.CreateObservableCounter("banyan.gateway.rate.limited", RateLimited, "{request}", "Requests refused by a rate limit.");
        _meter.CreateObservableCounter("banyan.gateway.hedges", Hedges, "{request}", "Requests that a second instance was asked as well, by whose answer it was.");
    }

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Service(ClusterState cluster) => new("service", cluster.Name.ToString());

    private IEnumerable<Measurement<long>> Counts(Func<ClusterState, long> number) =>
        from cluster in _clusters.All
        let count = number(cluster)
        where count > 0
        select new Measurement<long>(count, Service(cluster));

    private IEnumerable<Measurement<int>> Circuits() =>
        from cluster in _clusters.All
        where cluster.Circuit.AllOpenings > 0
        select new Measurement<int>(cluster.Circuit.State switch { CircuitState.Open => 2, CircuitState.HalfOpen => 1, _ => 0 }, Service(cluster));

    private IEnumerable<Measurement<long>> RateLimited() =>
        from cluster in _clusters.All
        from limit in cluster.Policy.RateLimits
        where limit.Refused > 0
        select new Measurement<long>(limit.Refused, Service(cluster), new KeyValuePair<string, object?>("limit", limit.Settings.Name));

    private IEnumerable<Measurement<long>> Hedges() =>
        from cluster in _clusters.All
        where cluster.Hedges > 0
        from second in Sides
        let won = cluster.HedgesWon
        let count = second ? won : cluster.Hedges - won
        where count > 0
        select new Measurement<long>(count, Service(cluster), new KeyValuePair<string, object?>("outcome", second ? "second" : "first"));
}
