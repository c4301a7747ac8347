using System.Net.Sockets;
using System.Text.RegularExpressions;
using Banyan.Functional.Tests.Platform;
using Banyan.Testing;

namespace Banyan.Functional.Tests.Up;

/// <summary>Story S1 with the developer's command: services start, find each other, die and come back, and no caller sees an error.</summary>
public sealed partial class PetworkingTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Killed_instance_leaves_and_returns_while_no_request_fails()
    {
        await using var run = await PetworkingRun.StartAsync(_directory["data"]);
        Assert.Contains("<html", await run.GetAsync("/"), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("\"instance\":\"walks-1\"", await run.GetAsync("/walks"), StringComparison.Ordinal);
        await AllThreeAnswerAsync(run);
        Assert.Equal(["monolith-1", "pets-1", "pets-2", "pets-3", "walks-1"], run.Pids().Keys.Order(StringComparer.Ordinal));

        // 1. Callers that never stop asking, on both services: walks calls pets itself.
        using var enough = new CancellationTokenSource();
        var answered = 0;
        Task[] callers = [CallAsync("/pets"), CallAsync("/walks")];

        // 2. One instance dies, is missed, and comes back.
        Signals.Send(run.Pids()["pets-2"], Signals.Kill);
        await run.Process.WaitForOutputAsync("was ended by signal 9 (kill -9)");
        var atDeath = Volatile.Read(ref answered);
        await Eventually.True(() => LeftAndUpAgain().IsMatch(run.Process.Output), "it is told that pets-2 left and came back");
        await Eventually.True(async () => (await run.StatesAsync()).GetValueOrDefault("pets-2") == "up", "pets-2 is up");
        await AllThreeAnswerAsync(run);

        // 3. Nobody noticed.
        await Eventually.True(() => Volatile.Read(ref answered) > atDeath || Array.Exists(callers, c => c.IsFaulted), "the callers went on");
        await enough.CancelAsync();
        await Task.WhenAll(callers);

        async Task CallAsync(string path)
        {
            while (!enough.IsCancellationRequested)
            {
                var body = await run.GetAsync(path);
                Assert.DoesNotContain("nobody", body, StringComparison.Ordinal);
                Interlocked.Increment(ref answered);
            }
        }
    }

    [Fact]
    public async Task Interrupted_run_drains_leaves_nothing_behind_and_starts_again_with_what_it_knew()
    {
        var data = _directory["data"];
        await using (var first = await PetworkingRun.StartAsync(data))
        {
            (await BanyanBinary.RunAsync(
                ["apply", "-f", "-", "--server", first.Api.ToString(), "--token-file", Path.Combine(data, "admin.token")],
                directory: null,
                "apiVersion: banyan/v1\nkind: Service\nmetadata: { name: by-hand }\nspec: { owner: me }\n")).Must(0);
            var pids = first.Pids().Values.ToArray();
            Assert.Equal(5, pids.Length);

            Signals.Send(first.Process.Id, Signals.Interrupt);

            Assert.Equal(0, await first.Process.WaitForExitAsync());
            Assert.DoesNotContain("was killed", first.Process.Output, StringComparison.Ordinal);
            Assert.All(pids, pid => Assert.False(Signals.IsAlive(pid), $"process {pid} was left behind:\n{first.Process.Output}"));
            Assert.All([first.Gateway, first.Api, first.Grpc], AssertNobodyListens);
            Assert.False(File.Exists(Path.Combine(data, "endpoints.json")));
        }

        await using var second = await PetworkingRun.StartAsync(data);
        await AllThreeAnswerAsync(second);
        (await second.CliAsync("get", "service", "by-hand")).Must(0);
        Assert.Equal(["monolith-1", "pets-1", "pets-2", "pets-3", "walks-1"], (await second.StatesAsync()).Where(s => s.Value == "up").Select(s => s.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Killed_run_leaves_no_service_process_and_loses_no_resource()
    {
        var data = _directory["data"];
        await using (var run = await PetworkingRun.StartAsync(data))
        {
            var pids = run.Pids().Values.ToArray();
            Assert.Equal(5, pids.Length);

            Signals.Send(run.Process.Id, Signals.Kill);

            await run.Process.WaitForExitAsync();
            await Eventually.True(() => pids.All(pid => !Signals.IsAlive(pid)), "every service has ended with the process that started it");
        }

        // The embedded store was open when it was killed.
        (await BanyanBinary.RunAsync("store", "verify", data)).Must(0);
        await using var again = await PetworkingRun.StartAsync(data);
        await AllThreeAnswerAsync(again);
    }

    private static async Task AllThreeAnswerAsync(PetworkingRun run)
    {
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        await Eventually.True(
            async () =>
            {
                seen.Add(await run.PetsInstanceAsync());
                return seen.Count == 3;
            },
            "all three instances of pets answer in turn");
        Assert.Equal(["pets-1", "pets-2", "pets-3"], seen);
    }

    private static void AssertNobodyListens(Uri address)
    {
        using var probe = new TcpClient();
        Assert.Throws<SocketException>(() => probe.Connect(address.Host, address.Port));
    }

    // Who follows the registry hears of the newest state: of leaving and coming back, or of starting and being up, it may hear as one.
    [GeneratedRegex(@"pets-2 +\| (left the registry|up → )(?s:.*)pets-2 +\| \w+ → up")]
    private static partial Regex LeftAndUpAgain();
}
