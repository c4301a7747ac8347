using Banyan.Contracts.Registry.V1;
using Banyan.Registry.Health;
using Banyan.Registry.Instances;

namespace Banyan.Registry.Tests.Instances;

public class LeaseTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Lease_runs_out_at_its_ttl_and_not_before()
    {
        var bench = new TableBench();
        bench.Register("a", TableBench.Ttl);

        bench.Pass(TableBench.Ttl - Second);
        Assert.Equal(InstanceState.Up, bench["a"].State);
        bench.Pass(Second);

        Assert.Equal(InstanceState.Lost, bench["a"].State);
        Assert.Equal("no heartbeat for 15 s", bench["a"].Reason);
    }

    [Fact]
    public void Heartbeat_gives_the_whole_ttl_again()
    {
        var bench = new TableBench();
        bench.Register("a", TableBench.Ttl);
        bench.Pass(TableBench.Ttl - Second);
        bench.Hear("a");

        bench.Pass(TableBench.Ttl - Second);
        Assert.Equal(InstanceState.Up, bench["a"].State);
        bench.Pass(Second);

        Assert.Equal(InstanceState.Lost, bench["a"].State);
    }

    [Fact]
    public void Lost_instance_is_to_be_removed_after_the_grace()
    {
        var bench = new TableBench();
        bench.Register("a", TableBench.Ttl);
        Assert.Empty(bench.Pass(TableBench.Ttl));

        Assert.Empty(bench.Pass(bench.Options.LostGrace - Second));
        var gone = bench.Pass(Second);

        Assert.Equal("a", Assert.Single(gone).Name.Id);
    }

    [Fact]
    public void Instance_without_lease_is_never_lost()
    {
        var bench = new TableBench();
        bench.Register("a", check: TableBench.HttpCheck());
        bench.Check("a", passed: true);

        Assert.Empty(bench.Pass(TimeSpan.FromDays(3)));

        Assert.Equal(InstanceState.Up, bench["a"].State);
    }

    [Fact]
    public void Single_silent_member_of_a_cohort_is_lost()
    {
        var bench = Cohort(5);
        Renew(bench, 1, 2, 3, 4);

        bench.Pass(Second * 5);

        Assert.Equal(InstanceState.Lost, bench["i0"].State);
        Assert.All([1, 2, 3, 4], i => Assert.Equal(InstanceState.Up, bench[$"i{i}"].State));
    }

    [Fact]
    public void Cohort_that_falls_silent_together_is_kept_with_the_reason()
    {
        var bench = Cohort(5);

        bench.Pass(TableBench.Ttl);

        Assert.All(Enumerable.Range(0, 5), i => Assert.Equal(InstanceState.Up, bench[$"i{i}"].State));
        Assert.StartsWith("kept although silent: 5 of 5 instances fell silent together; believed at ", bench["i0"].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Cohort_whose_heartbeats_were_spread_is_kept_too()
    {
        // Renewed at different moments within a third of the ttl, as real ones are; then nothing comes any more.
        var bench = new TableBench();
        for (var i = 0; i < 10; i++)
        {
            bench.Register($"i{i}", TableBench.Ttl);
            bench.Clock.Advance(TimeSpan.FromMilliseconds(500));
        }

        for (var i = 0; i < 40; i++)
        {
            bench.Pass(TimeSpan.FromMilliseconds(500));
        }

        Assert.All(Enumerable.Range(0, 10), i => Assert.Equal(InstanceState.Up, bench[$"i{i}"].State));
    }

    [Fact]
    public void Two_instances_are_no_cohort()
    {
        var bench = Cohort(2);

        bench.Pass(TableBench.Ttl);

        Assert.Equal(InstanceState.Lost, bench["i0"].State);
        Assert.Equal(InstanceState.Lost, bench["i1"].State);
    }

    [Fact]
    public void Silence_is_judged_per_zone()
    {
        var bench = new TableBench();
        for (var i = 0; i < 3; i++)
        {
            bench.Register($"a{i}", TableBench.Ttl, zone: "a");
            bench.Register($"b{i}", TableBench.Ttl, zone: "b");
        }

        bench.Clock.Advance(Second * 10);
        bench.Hear("b1");
        bench.Hear("b2");
        bench.Pass(Second * 5);

        Assert.Contains("3 of 3 instances in zone 'a'", bench["a0"].Reason, StringComparison.Ordinal);
        Assert.Equal(InstanceState.Lost, bench["b0"].State);
    }

    [Fact]
    public void Kept_cohort_is_believed_at_its_deadline()
    {
        var bench = Cohort(3);
        bench.Pass(TableBench.Ttl);
        bench.Hear("i1");

        for (var passed = TimeSpan.Zero; passed < bench.Options.CohortHold; passed += Second)
        {
            bench.Pass(Second);
            bench.Hear("i1");
        }

        Assert.Equal(InstanceState.Lost, bench["i0"].State);
        Assert.Equal(InstanceState.Up, bench["i1"].State);
        Assert.Equal("its lease is renewed", bench["i1"].Reason);
    }

    [Fact]
    public void Kept_instance_that_refuses_connections_is_lost_at_once()
    {
        var bench = Cohort(3);
        bench.Pass(TableBench.Ttl);
        Assert.Same(CheckPlan.Doubt, bench.Entry("i0").Plan);

        bench.Check("i0", passed: false, refused: true, times: 2);

        Assert.Equal(InstanceState.Lost, bench["i0"].State);
        Assert.Equal(InstanceState.Up, bench["i1"].State);
    }

    [Fact]
    public void Kept_instance_that_only_cannot_be_reached_stays()
    {
        var bench = Cohort(3);
        bench.Pass(TableBench.Ttl);

        bench.Check("i0", passed: false, refused: false, times: 10);

        Assert.Equal(InstanceState.Up, bench["i0"].State);
    }

    [Fact]
    public void Kept_instance_whose_own_check_fails_is_down()
    {
        var bench = new TableBench();
        for (var i = 0; i < 3; i++)
        {
            bench.Register($"i{i}", TableBench.Ttl, TableBench.HttpCheck());
            bench.Check($"i{i}", passed: true);
        }

        bench.Pass(TableBench.Ttl);
        Assert.Equal(InstanceState.Up, bench["i0"].State);

        bench.Check("i0", passed: false, times: 3);

        Assert.Equal(InstanceState.Down, bench["i0"].State);
    }

    [Fact]
    public void Deregistration_of_a_whole_cohort_is_believed_at_once()
    {
        var bench = Cohort(5);
        for (var i = 0; i < 5; i++)
        {
            bench.Remove($"i{i}");
        }

        Assert.Empty(bench.Table.Lookup(new ServiceName("default", "pets")).Instances);
    }

    [Fact]
    public void Hundred_and_fifty_thousand_leases_fit_and_expire()
    {
        const int count = 150_000;
        const long mostBytesEach = 2_000;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var bench = new TableBench();
        for (var i = 0; i < count; i++)
        {
            // One instance a service, so that no cohort protects them.
            bench.Register($"i{i}", TableBench.Ttl, service: $"s{i % 75_000}");
        }

        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.InRange(bytes / count, 0, mostBytesEach);

        bench.Clock.Advance(TimeSpan.FromSeconds(10));
        for (var i = 0; i < count; i += 2)
        {
            bench.Hear($"i{i}", service: $"s{i % 75_000}");
        }

        bench.Pass(TimeSpan.FromSeconds(5));
        Assert.Equal(count / 2, bench.Metrics.CountOf(InstanceState.Lost));
        Assert.Equal(count / 2, bench.Metrics.CountOf(InstanceState.Up));

        Assert.Equal(count / 2, bench.Pass(bench.Options.LostGrace).Count);
    }

    private static TableBench Cohort(int size)
    {
        var bench = new TableBench();
        for (var i = 0; i < size; i++)
        {
            bench.Register($"i{i}", TableBench.Ttl);
        }

        return bench;
    }

    private static void Renew(TableBench bench, params int[] members)
    {
        bench.Pass(Second * 10);
        foreach (var member in members)
        {
            bench.Hear($"i{member}");
        }
    }
}
