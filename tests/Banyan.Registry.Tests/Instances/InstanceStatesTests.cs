using Banyan.Contracts.Registry.V1;
using Banyan.Registry.Health;
using Banyan.Registry.Instances;

namespace Banyan.Registry.Tests.Instances;

public class InstanceStatesTests
{
    // Steps: R register with lease, C register with check, B register with both, p pass, f fail, u/d says up/down, h heartbeat, x lease runs out, D drain, A again.
    [Theory]
    [InlineData("R", "Up")]
    [InlineData("C", "Starting")]
    [InlineData("B", "Starting")]
    [InlineData("Cp", "Up")]
    [InlineData("Cf", "Starting")]
    [InlineData("Cff", "Starting")]
    [InlineData("Cfff", "Down")]
    [InlineData("Cfffp", "Up")]
    [InlineData("Cpff", "Up")]
    [InlineData("Cpffpff", "Up")]
    [InlineData("Cpfff", "Down")]
    [InlineData("Cpfffp", "Down")]
    [InlineData("Cpfffpp", "Up")]
    [InlineData("Cpfffpfp", "Down")]
    [InlineData("Rd", "Down")]
    [InlineData("Rdu", "Up")]
    [InlineData("Rdh", "Down")]
    [InlineData("Bpd", "Down")]
    [InlineData("Bpdpp", "Down")]
    [InlineData("Bpdu", "Up")]
    [InlineData("Bpfffu", "Down")]
    [InlineData("Rx", "Lost")]
    [InlineData("Rxh", "Up")]
    [InlineData("Bpx", "Lost")]
    [InlineData("Bpxh", "Up")]
    [InlineData("Bpxfffh", "Down")]
    [InlineData("Rdxh", "Down")]
    [InlineData("RD", "Draining")]
    [InlineData("RDh", "Draining")]
    [InlineData("RDu", "Draining")]
    [InlineData("BpDfff", "Draining")]
    [InlineData("RDx", "Lost")]
    [InlineData("RDxh", "Draining")]
    [InlineData("RDA", "Up")]
    [InlineData("RxA", "Up")]
    [InlineData("RdA", "Up")]
    [InlineData("BpA", "Starting")]
    [InlineData("BpfffAp", "Up")]
    public void Instance_after_steps_is_in_state(string steps, string expected)
    {
        var bench = new TableBench();
        StoredRegistration stored = null!;
        foreach (var step in steps)
        {
            switch (step)
            {
                case 'R': bench.Register(stored = TableBench.Stored("a", TableBench.Ttl)); break;
                case 'C': bench.Register(stored = TableBench.Stored("a", check: TableBench.HttpCheck())); break;
                case 'B': bench.Register(stored = TableBench.Stored("a", TableBench.Ttl, TableBench.HttpCheck())); break;
                case 'A': bench.Register(stored); break;
                case 'p': bench.Check("a", passed: true); break;
                case 'f': bench.Check("a", passed: false); break;
                case 'u': bench.Hear("a", InstanceState.Up); break;
                case 'd': bench.Hear("a", InstanceState.Down); break;
                case 'h': bench.Hear("a"); break;
                case 'x': bench.Pass(TableBench.Ttl); break;
                case 'D':
                    var draining = stored.Clone();
                    draining.Draining = true;
                    bench.Register(draining, heard: false);
                    break;
            }
        }

        Assert.Equal(Enum.Parse<InstanceState>(expected), bench["a"].State);
    }

    [Fact]
    public void Instance_that_says_it_starts_is_starting_until_it_says_up()
    {
        var bench = new TableBench();
        bench.Register(TableBench.Stored("a", TableBench.Ttl, self: InstanceState.Starting));
        bench.Hear("a");
        Assert.Equal(InstanceState.Starting, bench["a"].State);

        bench.Hear("a", InstanceState.Up);

        Assert.Equal(InstanceState.Up, bench["a"].State);
    }

    [Fact]
    public void Down_by_check_tells_the_answer_and_the_count()
    {
        var bench = new TableBench();
        bench.Register("a", check: TableBench.HttpCheck());
        bench.Check("a", passed: true);

        bench.Check("a", passed: false, times: 3);

        Assert.Equal("http GET /healthz answered 503 (3 of 3)", bench["a"].Reason);
    }

    [Fact]
    public void Since_is_the_moment_of_the_last_change_of_state()
    {
        var bench = new TableBench();
        bench.Register("a", TableBench.Ttl);
        var up = bench.Clock.GetUtcNow();
        bench.Clock.Advance(TimeSpan.FromSeconds(3));
        bench.Hear("a");
        Assert.Equal(up, bench["a"].Since.ToDateTimeOffset());

        bench.Hear("a", InstanceState.Down, "no database");

        Assert.Equal(up + TimeSpan.FromSeconds(3), bench["a"].Since.ToDateTimeOffset());
        Assert.Equal("it says so itself: no database", bench["a"].Reason);
    }

    [Fact]
    public void Registration_without_check_and_lease_is_checked_by_tcp()
    {
        var bench = new TableBench();

        bench.Register("a");

        Assert.Equal(ProbeKind.Tcp, bench.Entry("a").Plan!.Probe);
        Assert.Equal(InstanceState.Starting, bench["a"].State);
    }

    [Fact]
    public void Check_of_an_older_registration_does_not_count()
    {
        var bench = new TableBench();
        bench.Register("a", check: TableBench.HttpCheck());
        var entry = bench.Entry("a");
        var old = entry.PlanNumber;
        bench.Register("a", check: TableBench.HttpCheck());

        bench.Table.Report(entry, old, new CheckOutcome(true, "answer of the old process"));

        Assert.Equal(InstanceState.Starting, bench["a"].State);
    }

    [Fact]
    public void Service_check_serves_instances_without_their_own()
    {
        var bench = new TableBench();
        bench.Register("own", check: TableBench.HttpCheck());
        bench.Register("none", TableBench.Ttl);
        Assert.Equal(InstanceState.Up, bench["none"].State);
        var plan = CheckPlan.DefaultTcp with { Fall = 1 };

        bench.Table.UseServiceChecks(new Dictionary<ServiceName, CheckPlan> { [new("default", "pets")] = plan });

        Assert.Equal(ProbeKind.Http, bench.Entry("own").Plan!.Probe);
        Assert.Equal(plan, bench.Entry("none").Plan);
        bench.Check("none", passed: false);
        Assert.Equal(InstanceState.Down, bench["none"].State);
    }

    [Fact]
    public void News_from_the_store_that_is_older_is_ignored()
    {
        var bench = new TableBench();
        bench.Register("a", TableBench.Ttl);
        bench.Remove("a");
        Assert.Null(bench.Table.Find(TableBench.Name("a")));

        bench.Table.Apply(TableBench.Stored("a", TableBench.Ttl), 2, heard: false);

        Assert.Null(bench.Table.Find(TableBench.Name("a")));
        Assert.Empty(bench.Table.Lookup(new ServiceName("default", "pets")).Instances);
    }

    [Fact]
    public void Registration_whose_news_came_through_the_store_first_is_still_heard()
    {
        var bench = new TableBench();
        var stored = TableBench.Stored("a", TableBench.Ttl, TableBench.HttpCheck());
        stored.LastState = InstanceState.Up;
        bench.Table.Apply(stored, 50, heard: false);
        Assert.Equal(InstanceState.Up, bench["a"].State);

        bench.Table.Apply(stored, 50, heard: true);

        Assert.Equal(InstanceState.Starting, bench["a"].State);
    }
}
