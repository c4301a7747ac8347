using System.Globalization;
using Banyan.Contracts;
using Banyan.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Banyan.Hosting.Tests;

public sealed class ModuleWorkerTests
{
    private readonly ManualClock _clock = new();
    private readonly Journal _log = new();

    [Fact]
    public async Task Worker_that_fails_is_restarted_after_growing_pauses_and_then_fails_the_host()
    {
        var worker = new ScriptedWorker(new(3, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3), TimeSpan.FromMinutes(1)), (_, _) => throw new InvalidOperationException("lost its way"));
        await using var host = await StartAsync(worker);
        foreach (var (run, pause) in (int[])[1, 2, 3] is var pauses ? pauses.Index() : [])
        {
            await Eventually.True(() => worker.Runs == run + 1 && IsPausing(host), $"run {run + 1} failed");
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"is restarted in {pause} s: InvalidOperationException: lost its way"), host.NotReadyBecause, StringComparison.Ordinal);
            _clock.Advance(TimeSpan.FromSeconds(pause) - TimeSpan.FromTicks(1));
            Assert.Equal(run + 1, worker.Runs);
            _clock.Advance(TimeSpan.FromTicks(1));
        }

        var exit = await host.Completion;

        Assert.Equal(4, worker.Runs);
        Assert.Equal(ExitCodes.ModuleFailed, exit);
        var module = Assert.Single(host.Snapshot());
        Assert.Equal(ModuleState.Failed, module.State);
        Assert.Equal("module alpha is Failed: worker 'scripted' failed after 3 restarts: InvalidOperationException: lost its way", module.NotReadyBecause);
        Assert.Contains("Module alpha failed", _log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Worker_that_ran_long_enough_is_forgiven_its_restarts()
    {
        var fail = new SemaphoreSlim(0);
        var worker = new ScriptedWorker(
            new(1, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1)),
            async (_, cancellation) =>
            {
                await fail.WaitAsync(cancellation);
                throw new InvalidOperationException("again");
            });
        await using var host = await StartAsync(worker);

        for (var run = 1; run <= 3; run++)
        {
            await Eventually.True(() => worker.Runs == run, $"run {run}");
            _clock.Advance(TimeSpan.FromMinutes(1));
            fail.Release();
            await Eventually.True(() => IsPausing(host), "the pause");
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        await Eventually.True(() => worker.Runs == 4, "the fourth run");
        Assert.False(host.Completion.IsCompleted);
        Assert.Equal(ModuleState.Running, host.Snapshot()[0].State);
    }

    [Fact]
    public async Task Worker_that_ends_by_itself_has_failed()
    {
        var worker = new ScriptedWorker(WorkerRestarts.None, (_, _) => Task.CompletedTask);
        await using var host = await StartAsync(worker);

        Assert.Equal(ExitCodes.ModuleFailed, await host.Completion);
        Assert.Contains("worker 'scripted' failed after 0 restarts: ended by itself", host.Snapshot()[0].NotReadyBecause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Worker_that_obeys_is_ended_before_its_module_stops()
    {
        var journal = new Journal();
        var worker = new ScriptedWorker(WorkerRestarts.Default, async (_, cancellation) =>
        {
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
            }
            finally
            {
                journal.Add("worker ends");
            }
        });
        await using var host = await StartAsync(worker, journal);
        await Eventually.True(() => worker.Runs == 1, "the worker runs");

        await host.StopAsync("test");

        Assert.Equal(["start alpha", "worker ends", "stop alpha"], journal.Entries);
        Assert.Equal(ExitCodes.Success, await host.Completion);
    }

    [Fact]
    public async Task Worker_that_does_not_end_is_named_after_the_deadline()
    {
        var never = new TaskCompletionSource();
        var worker = new ScriptedWorker(WorkerRestarts.Default, (_, _) => never.Task);
        await using var host = await StartAsync(worker);
        await Eventually.True(() => worker.Runs == 1, "the worker runs");
        var timers = _clock.WaitingTimers;

        var stopping = host.StopAsync("test");
        await Eventually.True(() => _clock.WaitingTimers > timers, "the deadline runs");
        _clock.Advance(TimeSpan.FromSeconds(20));
        await stopping;

        Assert.Contains("Module alpha did not stop within 20 s; still at work: workers scripted", _log.Text, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.StopOverran, await host.Completion);
    }

    [Theory]
    [InlineData(1, 100)]
    [InlineData(2, 200)]
    [InlineData(7, 6400)]
    [InlineData(8, 10_000)]
    [InlineData(500, 10_000)]
    public void Pause_doubles_up_to_the_longest(int restart, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), WorkerRestarts.Default.PauseBefore(restart));

    private static bool IsPausing(ModuleHost host) => host.NotReadyBecause?.Contains("is restarted in", StringComparison.Ordinal) == true;

    private async Task<ModuleHost> StartAsync(ScriptedWorker worker, Journal? journal = null)
    {
        var module = new TestModule("alpha")
        {
            Journal = journal ?? new(),
            OnServices = m =>
            {
                m.Services.AddSingleton(worker);
                m.AddWorker<ScriptedWorker>();
            },
        };
        var builder = Hosts.Builder([module], _log);
        builder.Clock = _clock;
        var host = builder.Build();
        await host.StartAsync(CancellationToken.None);
        return host;
    }

    private sealed class ScriptedWorker(WorkerRestarts restarts, Func<int, CancellationToken, Task> script) : ModuleWorker
    {
        private int _runs;

        public int Runs => Volatile.Read(ref _runs);

        public override string Name => "scripted";

        public override WorkerRestarts Restarts => restarts;

        protected internal override Task RunAsync(CancellationToken cancellation) => script(Interlocked.Increment(ref _runs), cancellation);
    }
}
