using Banyan.Contracts.Registry.V1;
using Banyan.Registry.Health;
using Banyan.Testing;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.DependencyInjection;

namespace Banyan.Registry.Tests.Health;

public class CheckStopTests
{
    [Fact]
    public async Task Checks_under_way_end_before_the_store_stops()
    {
        var prober = new SlowProber();
        await using var store = RegistryHost.NewStore();
        await using (var host = await RegistryHost.StartAsync(store, replace: s => s.AddSingleton<IProber>(prober), storeStops: () => prober.StoreStopped = true))
        {
            for (var i = 0; i < 20; i++)
            {
                await host.Registrar.RegisterAsync(RegistryHost.Request($"i{i}", check: new HealthCheck { Tcp = new TcpProbe() }), CancellationToken.None);
            }

            await Eventually.True(() => prober.Running == 20, "every check is under way");
        }

        Assert.True(prober.StoreStopped);
        Assert.Equal(0, prober.Running);
        Assert.Equal(0, prober.EndedLate);
    }

    [Fact]
    public async Task Check_that_breaks_is_tried_again()
    {
        var prober = new BreakingProber();
        await using var store = RegistryHost.NewStore();
        await using var host = await RegistryHost.StartAsync(store, replace: s => s.AddSingleton<IProber>(prober));
        var check = new HealthCheck { Tcp = new TcpProbe(), Interval = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(100)) };

        await host.Registrar.RegisterAsync(RegistryHost.Request("a", check: check), CancellationToken.None);

        Assert.Equal("at last", (await host.WaitForAsync("a", InstanceState.Up)).Reason);
    }

    /// <summary>Takes its time to end when it is told to.</summary>
    private sealed class SlowProber : IProber
    {
        // Turns it gives to everybody else before it ends: a stop that does not wait for it gets far ahead meanwhile.
        private const int Turns = 10_000;

        private int _running;
        private int _late;

        public volatile bool StoreStopped;

        public int Running => Volatile.Read(ref _running);

        public int EndedLate => Volatile.Read(ref _late);

        public async Task<CheckOutcome> ProbeAsync(CheckPlan plan, Instance target, CancellationToken cancellation)
        {
            Interlocked.Increment(ref _running);
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
            }
            finally
            {
                for (var turn = 0; turn < Turns; turn++)
                {
                    await Task.Yield();
                }

                Interlocked.Add(ref _late, StoreStopped ? 1 : 0);
                Interlocked.Decrement(ref _running);
            }

            return default;
        }
    }

    /// <summary>Breaks in a way nobody thought of, twice.</summary>
    private sealed class BreakingProber : IProber
    {
        private int _probes;

        public Task<CheckOutcome> ProbeAsync(CheckPlan plan, Instance target, CancellationToken cancellation) =>
            Interlocked.Increment(ref _probes) <= 2 ? throw new NotSupportedException("No such thing.") : Task.FromResult(new CheckOutcome(true, "at last"));
    }
}
