using Banyan.Contracts.Registry.V1;
using Banyan.Gateway.Clusters;
using Banyan.Gateway.Policies;
using Banyan.Gateway.Tests.Support;
using Banyan.Testing;

namespace Banyan.Gateway.Tests.Clusters;

public sealed class ZoneTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void Requests_stay_in_the_zone_while_it_can_take_them()
    {
        var cluster = GivenClusters.Cluster(0, _clock, zone: "a");
        cluster.Replace([Pet(1, "a"), Pet(2, "a"), Pet(3, "b"), Pet(4, "b")]);

        Assert.Equal(1, NearShare(cluster));
    }

    [Fact]
    public void Requests_spill_in_proportion_when_the_zone_is_weak()
    {
        // One of the zone's four is left: a quarter of its fair part, of which 0.7 would be enough.
        var cluster = GivenClusters.Cluster(0, _clock, zone: "a");
        cluster.Replace([Pet(1, "a"), Pet(2, "a", up: false), Pet(3, "a", up: false), Pet(4, "a", up: false), .. Enumerable.Range(5, 4).Select(i => Pet(i, "b"))]);

        Assert.InRange(NearShare(cluster), 0.25 / 0.7 - 0.03, 0.25 / 0.7 + 0.03);
    }

    [Fact]
    public void Lone_instance_of_a_small_zone_does_not_get_everything()
    {
        // One instance here, nine in two other zones: a tenth of the whole, where a third would be fair.
        var cluster = GivenClusters.Cluster(0, _clock, zone: "a");
        cluster.Replace([Pet(1, "a"), .. Enumerable.Range(2, 9).Select(i => Pet(i, i % 2 == 0 ? "b" : "c"))]);

        Assert.InRange(NearShare(cluster), 0.3 / 0.7 - 0.03, 0.3 / 0.7 + 0.03);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("c", true)]
    [InlineData("a", false)]
    public void Zones_make_no_difference_without_an_own_zone_or_the_wish(string own, bool prefer)
    {
        var cluster = GivenClusters.Cluster(0, _clock, own, TrafficSettings.Default with { PreferZone = prefer });
        cluster.Replace([Pet(1, "a"), Pet(2, "b")]);

        Assert.Equal(0.5, NearShare(cluster));
    }

    [Fact]
    public void Retry_leaves_the_zone_when_nobody_else_is_in_it()
    {
        var cluster = GivenClusters.Cluster(0, _clock, zone: "a");
        cluster.Replace([Pet(1, "a"), Pet(2, "b")]);
        var tried = default(TriedEndpoints);
        tried.Add(cluster.Pick(new PickRequest(_clock.NowTicks())).Endpoint!);

        Assert.Equal("pets-2", cluster.Pick(new PickRequest(_clock.NowTicks()) { Tried = tried }).Endpoint!.Id);
    }

    private double NearShare(ClusterState cluster) =>
        Enumerable.Range(0, 4000).Count(_ => cluster.Serve(_clock) is var endpoint && cluster.Members.Single(m => m.Endpoint == endpoint).Zone == "a") / 4000.0;

    private static Instance Pet(int number, string zone, bool up = true) => GivenClusters.Pet(number, up ? InstanceState.Up : InstanceState.Down, zone: zone);
}
