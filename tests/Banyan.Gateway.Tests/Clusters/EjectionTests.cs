using Banyan.Contracts.Registry.V1;
using Banyan.Gateway.Clusters;
using Banyan.Gateway.Policies;
using Banyan.Gateway.Tests.Support;
using Banyan.Testing;

namespace Banyan.Gateway.Tests.Clusters;

/// <summary>Ejection on whole clusters, by simulation.</summary>
public sealed class EjectionTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void Instance_that_fails_alone_is_left_out_says_why_and_comes_back_slowly()
    {
        var cluster = Cluster(4);
        Run(cluster, 40, e => e.Id == "pets-2");
        Assert.Equal(["pets-2"], Ejected(cluster));
        var ejection = Endpoint(cluster, 2).Health.Ejection!;
        Assert.StartsWith("5 failures in a row, while its peers failed 0", ejection.Why, StringComparison.Ordinal);

        // Out: nothing goes there. Back after its time, at first with few.
        Assert.Equal(0, Share(cluster, 100));
        _clock.Advance(TimeSpan.FromTicks(ejection.Until - _clock.NowTicks()));
        Assert.InRange(Share(cluster, 200), 0.005, 0.1);
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.InRange(Share(cluster, 400), 0.24, 0.26);
        Assert.Empty(Ejected(cluster));

        double Share(ClusterState c, int count) => (double)Run(c, count).Count(id => id == "pets-2") / count;
    }

    [Fact]
    public void Instance_that_fails_again_on_its_return_is_out_sooner_and_longer()
    {
        var cluster = Cluster(3);
        Run(cluster, 60, e => e.Id == "pets-1");
        var first = Endpoint(cluster, 1).Health.Ejection!;
        var before = Endpoint(cluster, 1).Requests;
        _clock.Advance(TimeSpan.FromTicks(first.Until - _clock.NowTicks()));
        Run(cluster, 400, e => e.Id == "pets-1");

        var second = Endpoint(cluster, 1).Health.Ejection!;
        Assert.Equal(2, second.Count);
        Assert.Equal(before + 2, Endpoint(cluster, 1).Requests);
        Assert.InRange(second.Until - second.Since, TimeSpan.FromSeconds(20).Ticks, TimeSpan.FromSeconds(25).Ticks);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Fleet_wide_failure_ejects_nobody(int instances)
    {
        var cluster = Cluster(instances);
        Run(cluster, 500);
        Run(cluster, 3000, _ => true);

        Assert.All(cluster.Members, m => Assert.Null(m.Endpoint.Health.Ejection));
    }

    [Fact]
    public void Fleet_wide_share_of_failures_ejects_nobody_over_many_windows()
    {
        var cluster = Cluster(5);
        var random = new Random(3);
        Run(cluster, 30_000, _ => random.Next(100) < 30);

        Assert.All(cluster.Members, m => Assert.Null(m.Endpoint.Health.Ejection));
    }

    [Fact]
    public void Instance_that_fails_now_and_then_is_found_by_the_window()
    {
        var cluster = Cluster(4);
        var random = new Random(3);

        // Never five in a row, yet a third of all.
        var count = 0;
        Run(cluster, 20_000, e => e.Id == "pets-3" ? ++count % 3 == 0 : random.Next(1000) == 0);

        var ejection = Endpoint(cluster, 3).Health.Ejection;
        Assert.NotNull(ejection);
        Assert.Contains("while its peers failed", ejection.Why, StringComparison.Ordinal);
        Assert.All(cluster.Members.Where(m => m.Endpoint.Id != "pets-3"), m => Assert.Null(m.Endpoint.Health.Ejection));
    }

    [Fact]
    public void No_more_than_the_share_are_out_and_the_last_is_never()
    {
        var cluster = Cluster(6);
        cluster.Use(TrafficSettings.Default with { Ejection = TrafficSettings.Default.Ejection with { MaxShare = 0.34 } });
        Run(cluster, 1500, e => e.Id is "pets-1" or "pets-2" or "pets-3");
        Assert.Equal(2, Ejected(cluster).Length);

        var two = Cluster(2);
        Run(two, 500, e => e.Id == "pets-1");
        Assert.Equal(["pets-1"], Ejected(two));
        Run(two, 500, e => true);
        Assert.NotNull(two.Pick(new PickRequest(_clock.NowTicks())).Endpoint);
        Assert.NotEqual(2, Ejected(two).Length);

        var one = Cluster(1);
        Run(one, 500, e => true);
        Assert.Empty(Ejected(one));
    }

    [Fact]
    public void Those_that_are_out_are_released_when_the_others_fail_too()
    {
        var cluster = Cluster(4);
        Run(cluster, 40, e => e.Id == "pets-2");
        Assert.Equal(["pets-2"], Ejected(cluster));

        Run(cluster, 60, _ => true);
        Assert.Empty(Ejected(cluster));
    }

    [Fact]
    public void Client_that_goes_away_says_nothing_about_the_instance()
    {
        var cluster = Cluster(2);
        for (var i = 0; i < 200; i++)
        {
            cluster.Serve(_clock, e => e.Id == "pets-1" ? OutcomeKind.Abandoned : OutcomeKind.Answered);
        }

        Assert.Empty(Ejected(cluster));
        Assert.Equal(0, Endpoint(cluster, 1).Health.Streak);
    }

    [Fact]
    public void Policy_that_switches_ejection_off_brings_everybody_back()
    {
        var cluster = Cluster(4);
        Run(cluster, 40, e => e.Id == "pets-2");
        var settings = cluster.Policy.Settings;
        cluster.Use(settings with { Ejection = settings.Ejection with { Enabled = false } });
        Assert.Empty(Ejected(cluster));

        Run(cluster, 100, e => e.Id == "pets-2");
        Assert.Empty(Ejected(cluster));
    }

    [Fact]
    public void Ejection_lasts_through_changes_of_state_and_ends_with_the_address()
    {
        var cluster = Cluster(3);
        Run(cluster, 40, e => e.Id == "pets-1");
        cluster.Put(GivenClusters.Pet(1, InstanceState.Draining));
        cluster.Put(GivenClusters.Pet(1));
        Assert.Equal(["pets-1"], Ejected(cluster));

        var moved = GivenClusters.Pet(1);
        moved.Port = 9999;
        cluster.Put(moved);
        Assert.Empty(Ejected(cluster));
    }

    private string[] Run(ClusterState cluster, int requests, Func<Endpoint, bool>? fails = null)
    {
        var to = new string[requests];
        for (var i = 0; i < requests; i++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(2));
            to[i] = cluster.Serve(_clock, e => fails?.Invoke(e) == true ? OutcomeKind.ServerError : OutcomeKind.Answered).Id;
        }

        return to;
    }

    private string[] Ejected(ClusterState cluster) => [.. cluster.Members.Where(m => m.Endpoint.Health.IsEjected(_clock.NowTicks())).Select(m => m.Endpoint.Id)];

    private static Endpoint Endpoint(ClusterState cluster, int number) => cluster.Members.Single(m => m.Endpoint.Id == $"pets-{number}").Endpoint;

    private ClusterState Cluster(int instances) => GivenClusters.Cluster(instances, _clock);
}
