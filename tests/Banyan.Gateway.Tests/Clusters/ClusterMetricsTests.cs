using System.Diagnostics.Metrics;
using Banyan.Contracts.Registry.V1;
using Banyan.Gateway.Clusters;
using Banyan.Gateway.Failures;
using Banyan.Gateway.Limits;
using Banyan.Gateway.Policies;
using Banyan.Gateway.Tests.Support;
using Banyan.Testing;

namespace Banyan.Gateway.Tests.Clusters;

/// <summary>What survived is told in numbers; what never happened is not.</summary>
public sealed class ClusterMetricsTests
{
    [Fact]
    public void Service_without_trouble_is_silent()
    {
        var clock = new ManualClock();
        var table = new ClusterTable(GivenClusters.Context(clock));
        using var metrics = new ClusterMetrics(table, clock);
        Fill(table, "calm");

        Assert.Empty(Read("default/calm"));
    }

    [Fact]
    public void Ejections_circuit_and_what_was_refused_are_counted()
    {
        var clock = new ManualClock();
        var table = new ClusterTable(GivenClusters.Context(clock));
        using var metrics = new ClusterMetrics(table, clock);
        var cluster = Fill(table, "troubled");
        cluster.Use(TrafficSettings.Default with
        {
            Concurrency = new ConcurrencySettings { Initial = 1, Min = 1, Max = 1 },
            RateLimits = [new RateLimitSettings("calls", "address", 1, TimeSpan.FromMinutes(1), 1, false)],
        });

        // 1. One of three fails until it is left out.
        for (var i = 0; i < 60; i++)
        {
            cluster.Serve(clock, e => e.Id == "troubled-1" ? OutcomeKind.ServerError : OutcomeKind.Answered);
        }

        Assert.Equal(["banyan.gateway.ejected=1", "banyan.gateway.ejections=1"], Read("default/troubled"));

        // 2. A second request at the same time finds the service full.
        cluster.Members[1].Endpoint.Begin();
        Assert.Equal(FailureReason.GatewayOverloaded, cluster.Pick(new PickRequest(clock.NowTicks())).Failure.Reason);
        cluster.CountShed();
        cluster.Members[1].Endpoint.End(new Outcome(OutcomeKind.Abandoned, clock.NowTicks()));

        // 3. Then all break.
        for (var i = 0; i < 200 && cluster.Circuit.State == CircuitState.Closed; i++)
        {
            cluster.Members[i % 3].Endpoint.Begin();
            cluster.Members[i % 3].Endpoint.End(new Outcome(OutcomeKind.Reset, clock.NowTicks()));
            clock.Advance(TimeSpan.FromMilliseconds(200));
        }

        Assert.Equal(CircuitState.Open, cluster.Circuit.State);

        // 4. And the limit has room for one.
        var limit = cluster.Policy.RateLimits[0];
        Assert.True(limit.Take(7, clock.NowTicks()).Admitted);
        Assert.False(limit.Take(7, clock.NowTicks()).Admitted);

        // 5. A second instance was asked three times, once for good.
        for (var i = 0; i < 3; i++)
        {
            cluster.CountHedge();
        }

        cluster.CountHedgeWon();

        var read = Read("default/troubled");
        Assert.Contains("banyan.gateway.shed=1", read);
        Assert.Contains("banyan.gateway.circuit.state=2", read);
        Assert.Contains("banyan.gateway.circuit.openings=1", read);
        Assert.Contains("banyan.gateway.rate.limited limit=calls=1", read);
        Assert.Contains("banyan.gateway.hedges outcome=first=2", read);
        Assert.Contains("banyan.gateway.hedges outcome=second=1", read);
    }

    private static ClusterState Fill(ClusterTable table, string name)
    {
        table.Apply(new WatchResponse { Reset = true, Changed = { Enumerable.Range(1, 3).Select(i => Entries.Instance(name, $"{name}-{i}", 7000 + i)) } });
        return table.Get(new ServiceName("default", name));
    }

    // Meters are the process's: of what all tell, that of one service.
    private static string[] Read(string service)
    {
        var read = new List<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, me) =>
            {
                if (instrument.Meter.Name == GatewayMetrics.MeterName && instrument.IsObservable)
                {
                    me.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.Start();
        listener.RecordObservableInstruments();
        return [.. read.Order(StringComparer.Ordinal)];

        void Note(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var all = tags.ToArray();
            if (all.Any(t => t.Key == "service" && (string?)t.Value == service))
            {
                read.Add($"{instrument.Name}{string.Concat(all.Where(t => t.Key != "service").Select(t => $" {t.Key}={t.Value}"))}={value}");
            }
        }
    }
}
