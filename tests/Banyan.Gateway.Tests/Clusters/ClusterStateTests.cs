using Banyan.Contracts.Registry.V1;
using Banyan.Gateway.Clusters;
using Banyan.Gateway.Failures;
using Banyan.Gateway.Tests.Support;

namespace Banyan.Gateway.Tests.Clusters;

public sealed class ClusterStateTests
{
    private readonly ClusterState _cluster = new(new ServiceName("default", "pets"), GivenClusters.Context());

    [Fact]
    public void Pick_takes_the_instances_that_are_up_in_turn()
    {
        _cluster.Replace([Pet(3), Pet(1), Pet(2), Pet(4, InstanceState.Down), Pet(5, InstanceState.Draining), Pet(6, InstanceState.Starting), Pet(7, InstanceState.Lost)]);

        Assert.Equal(["pets-1", "pets-2", "pets-3", "pets-1", "pets-2", "pets-3"], Enumerable.Range(0, 6).Select(_ => _cluster.Pick().Endpoint!.Id));
    }

    [Fact]
    public void Pick_avoids_the_excepted_instance_unless_it_is_alone()
    {
        _cluster.Replace([Pet(1), Pet(2)]);
        var one = _cluster.Pick().Endpoint!;

        Assert.All(Enumerable.Range(0, 10), _ => Assert.NotSame(one, _cluster.Pick(one).Endpoint));
        Assert.True(_cluster.HasOther(one));

        _cluster.Replace([Pet(1)]);
        Assert.Same(one, _cluster.Pick(one).Endpoint);
        Assert.False(_cluster.HasOther(one));
    }

    [Fact]
    public void Pick_says_that_there_is_no_instance()
    {
        var pick = _cluster.Pick();

        Assert.Null(pick.Endpoint);
        Assert.Equal(FailureReason.NoInstances, pick.Failure.Reason);
        Assert.Contains("default/pets", pick.Failure.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Pick_says_why_nobody_is_up()
    {
        _cluster.Replace([Pet(1, InstanceState.Starting, "no check has passed yet"), Pet(2, InstanceState.Lost), Pet(3, InstanceState.Lost)]);
        var pick = _cluster.Pick();

        Assert.Equal(FailureReason.NoInstanceUp, pick.Failure.Reason);
        Assert.Equal("No instance of service 'default/pets' is up: 1 starting, 2 lost ('pets-1': no check has passed yet).", pick.Failure.Detail);
    }

    [Fact]
    public void Put_keeps_the_endpoint_of_an_unchanged_address_and_makes_a_new_one_otherwise()
    {
        _cluster.Put(Pet(1));
        var before = _cluster.Pick().Endpoint;
        _cluster.Put(Pet(1, InstanceState.Down));
        _cluster.Put(Pet(1));
        Assert.Same(before, _cluster.Pick().Endpoint);

        _cluster.Put(Entries.Instance("pets", "pets-1", 9999));
        Assert.NotSame(before, _cluster.Pick().Endpoint);
        Assert.Single(_cluster.Members);
    }

    [Fact]
    public void Apply_reset_empties_what_is_not_in_it_and_deltas_change_single_instances()
    {
        var table = GivenClusters.Table();
        var pets = table.Get(new ServiceName("default", "pets"));
        Assert.False(table.Synced);

        table.Apply(new WatchResponse { Reset = true, Changed = { Pet(1), Entries.Instance("walks", "walks-1", 1) } });
        Assert.True(table.Synced);
        Assert.NotNull(pets.Pick().Endpoint);

        table.Apply(new WatchResponse { Changed = { Pet(2) }, Removed = { new InstanceKey { Domain = "default", Service = "pets", Id = "pets-1" } } });
        Assert.Equal("pets-2", pets.Pick().Endpoint!.Id);

        table.Apply(new WatchResponse { Reset = true, Changed = { Entries.Instance("walks", "walks-1", 1) } });
        Assert.Null(pets.Pick().Endpoint);
        Assert.Same(pets, table.Get(new ServiceName("default", "pets")));
    }

    [Fact]
    public async Task Pick_by_many_threads_shares_evenly()
    {
        _cluster.Replace([Pet(1), Pet(2), Pet(3), Pet(4)]);
        var picks = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Enumerable.Range(0, 1000).Select(_ => _cluster.Pick().Endpoint!.Id).ToArray())));

        Assert.All(picks.SelectMany(p => p).GroupBy(id => id), g => Assert.Equal(1000, g.Count()));
    }

    private static Instance Pet(int number, InstanceState state = InstanceState.Up, string reason = "") => Entries.Instance("pets", $"pets-{number}", 7000 + number, state, reason: reason);
}
