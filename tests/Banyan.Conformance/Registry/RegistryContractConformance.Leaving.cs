using Banyan.Contracts;
using Banyan.Contracts.Registry.V1;
using Banyan.Testing;

namespace Banyan.Conformance.Registry;

public abstract partial class RegistryContractConformance
{
    [ConformanceFact]
    public async Task Drain_takes_out_of_rotation_with_the_reason_and_keeps_the_registration()
    {
        await Register("a");

        await Drain("a", "rollout 17");

        var found = (await Find("a"))!;
        Assert.Equal((InstanceState.Draining, "rollout 17"), (found.State, found.Reason));
        Assert.Equal(InstanceState.Draining, await Beat("a"));
        Assert.Equal(InstanceState.Draining, await Beat("a", InstanceState.Up));
    }

    [ConformanceFact]
    public async Task Drain_again_changes_nothing()
    {
        await Register("a");
        await Drain("a", "first");
        var before = await Lookup();

        await Drain("a", "second");

        Assert.Equal(before, await Lookup());
    }

    [ConformanceFact]
    public async Task Drain_of_an_unknown_instance_is_not_found() =>
        await Refused(ErrorKind.NotFound, "registry/instance-not-found", () => Drain("nobody"));

    [ConformanceFact]
    public async Task Drained_instance_that_registers_again_is_back_in_rotation()
    {
        await Register("a");
        await Drain("a");

        Assert.Equal(InstanceState.Up, (await Register("a")).State);

        Assert.Equal(InstanceState.Up, (await Find("a"))!.State);
    }

    [ConformanceFact]
    public async Task Deregistration_is_believed_at_once()
    {
        await Register("a");
        await Register("b");

        await Deregister("a");

        Assert.Equal(["b"], Ids((await Lookup()).Instances));
    }

    [ConformanceFact]
    public async Task Deregistration_of_what_is_not_there_succeeds()
    {
        await Register("a");
        await Deregister("a");
        await Deregister("a");
        await Deregister("never-was");

        Assert.Empty((await Lookup()).Instances);
    }

    [ConformanceFact]
    public async Task Deregistered_instance_registers_again_as_a_new_one()
    {
        await Register("a");
        await Drain("a");
        await Deregister("a");

        Assert.Equal(InstanceState.Up, (await Register("a", port: 11)).State);

        Assert.Equal(11u, (await Find("a"))!.Port);
    }

    [ConformanceFact]
    public async Task Lease_that_runs_out_is_lost_and_a_heartbeat_brings_it_back()
    {
        await Register("a", TimeSpan.FromSeconds(1));
        await using var watch = Watch("default");

        await watch.UntilAsync(w => w["a"]!.State == InstanceState.Lost);
        Assert.Equal("no heartbeat for 1 s", watch["a"]!.Reason);

        // Goes on beating: on a slow machine the lease may run out again before the watch has told of its return.
        var back = watch.UntilAsync(w => w["a"]!.State == InstanceState.Up);
        await Eventually.True(
            async () =>
            {
                Assert.Equal(InstanceState.Up, await Beat("a"));
                return back.IsCompleted;
            },
            "the watch tells that it is up");
        await back;
    }

    [ConformanceFact]
    public async Task Lost_instance_is_removed_after_the_grace_and_its_heartbeat_is_not_found()
    {
        await Register("a", TimeSpan.FromSeconds(1));
        await Register("stays");
        await using var watch = Watch("default");
        await watch.UntilAsync(w => w["a"]!.State == InstanceState.Lost);

        await watch.UntilAsync(w => w["a"] is null);

        Assert.Equal(["stays"], Ids((await Lookup()).Instances));
        await Refused(ErrorKind.NotFound, "registry/instance-not-found", () => Beat("a"));
    }

    [ConformanceFact]
    public async Task Registrations_and_drains_survive_a_restart()
    {
        await Register("a");
        await Register("b", port: 12);
        await Drain("b", "rollout");
        await Register("gone");
        await Deregister("gone");
        await Register("far", domain: "other", service: "walks");
        var registeredAt = (await Find("a"))!.RegisteredAt;

        await RestartAsync();

        Assert.Equal(["a", "b"], Ids((await Lookup()).Instances));
        var (a, b) = ((await Find("a"))!, (await Find("b"))!);
        Assert.Equal((InstanceState.Up, registeredAt), (a.State, a.RegisteredAt));
        Assert.Equal((InstanceState.Draining, "rollout", 12u), (b.State, b.Reason, b.Port));
        Assert.Equal(["far"], Ids((await Lookup("walks", "other")).Instances));
        Assert.Equal(InstanceState.Up, await Beat("a"));
    }
}
