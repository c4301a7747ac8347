using System.Diagnostics;
using System.Globalization;
using System.Text;
using Banyan.Store;
using Banyan.Store.Embedded;
using Banyan.Store.Offline;
using Banyan.Testing;
using Xunit.Abstractions;

namespace Banyan.Robustness;

/// <summary>A real process, really killed: BANYAN_ROBUSTNESS_ROUNDS times (default 20), each round on the files the one before left.</summary>
public sealed class EmbeddedStoreKillTests(ITestOutputHelper output)
{
    private const int Writers = 16;

    private static int Rounds => int.Parse(Environment.GetEnvironmentVariable("BANYAN_ROBUSTNESS_ROUNDS") ?? "20", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Store_killed_at_random_moments_loses_nothing_acknowledged_and_holds_nothing_half()
    {
        using var directory = new TempDirectory();
        var random = new Random(20_26);
        var total = 0L;
        var torn = 0;
        var newest = new long[Writers];
        for (var round = 1; round <= Rounds; round++)
        {
            var acknowledged = await RunAndKillAsync(directory["store"], random.Next(1, 400), newest);
            total += acknowledged;
            var report = StoreVerifier.Verify(directory["store"]);
            Assert.True(report.IsSound, string.Join('\n', report.Faults.Select(f => f.Message)));
            torn += report.TornBytes > 0 ? 1 : 0;
            await CheckAsync(directory["store"], newest, round);
        }

        output.WriteLine($"{Rounds} kills, {total} acknowledged commits, {torn} torn tails");
        Assert.True(total > Rounds);
    }

    /// <summary>Lets the worker go until it has acknowledged so many writes, then kills it in the middle of the next ones.</summary>
    private static async Task<long> RunAndKillAsync(string store, int writes, long[] newest)
    {
        var worker = Path.Combine(AppContext.BaseDirectory, "Banyan.Robustness.Worker.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [worker, store, $"{Writers}"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var seen = 0L;
        var lastRevision = 0L;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line == "ready")
            {
                continue;
            }

            // The last line may have been cut by the kill; a whole one has three numbers.
            if (line.Split(' ') is not [var writer, var number, var revision] || !long.TryParse(revision, CultureInfo.InvariantCulture, out var at))
            {
                continue;
            }

            newest[int.Parse(writer, CultureInfo.InvariantCulture)] = long.Parse(number, CultureInfo.InvariantCulture);
            lastRevision = Math.Max(lastRevision, at);
            if (++seen == writes)
            {
                process.Kill();
            }
        }

        await process.WaitForExitAsync();
        Assert.True(seen >= writes, $"The worker ended by itself after {seen} writes: {await errors}");
        return seen;
    }

    private static async Task CheckAsync(string directory, long[] newest, int round)
    {
        await using var store = await EmbeddedStore.OpenAsync(directory, new EmbeddedStoreOptions(), TimeProvider.System, CancellationToken.None);
        var entries = (await store.RangeAsync(new RangeQuery(KeyRange.All), CancellationToken.None)).Entries
            .ToDictionary(e => e.Key.ToString(), e => long.Parse(Encoding.UTF8.GetString(e.Value.Span), CultureInfo.InvariantCulture));
        for (var writer = 0; writer < Writers; writer++)
        {
            var left = entries.GetValueOrDefault($"{writer}/left");
            Assert.True(left == newest[writer] || left == newest[writer] + 1, $"round {round}, writer {writer}: acknowledged {newest[writer]}, found {left}");
            Assert.Equal(left, entries.GetValueOrDefault($"{writer}/right"));
            Assert.Equal(left % 2 == 1 ? left : 0, entries.GetValueOrDefault($"{writer}/odd"));
            newest[writer] = left;
        }
    }
}
