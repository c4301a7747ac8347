using Banyan.Contracts;
using Banyan.Functional.Tests.Platform;
using Banyan.Testing;

namespace Banyan.Functional.Tests.Topology;

/// <summary>A gateway's process is replaced by another one, and nobody outside notices.</summary>
public sealed class GatewayRestartTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Next_process_takes_the_listeners_over_and_the_first_one_ends()
    {
        // 1. Everything but the gateway stays.
        await using var rest = await BanyanServer.StartAsync(_directory["rest"], "store,api,registry");
        await using var echo = await EchoService.StartAsync("e1");
        await rest.ApplyServiceForAllAsync("echo");
        await rest.RegisterAsync("echo", "e1", echo.Port);
        await using var first = await StartAsync(rest, "first", 0);
        await first.AnswersAsync("/x", "e1 GET /x");

        // 2. Clients come all the time, each with a connection of its own.
        using var stop = new CancellationTokenSource();
        var served = 0;
        var clients = Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
                Assert.Equal("e1 GET /x", await http.GetStringAsync(new Uri(first.Gateway!, "/x")));
                Interlocked.Increment(ref served);
            }
        })).ToArray();
        await ServedAsync(20);

        // 3. The second process serves, and the first ends by itself and in order.
        await using var second = await StartAsync(rest, "second", first.Gateway!.Port);
        Assert.Equal(ExitCodes.Success, await first.Process.WaitForExitAsync());
        Assert.Equal(first.Gateway, second.Gateway);
        await ServedAsync(20);
        await stop.CancelAsync();
        await Task.WhenAll(clients);
        Assert.Contains("handed over to a successor", first.Process.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Success, await second.StopAsync());

        Task ServedAsync(int more)
        {
            var goal = Volatile.Read(ref served) + more;
            return Eventually.True(() => Volatile.Read(ref served) >= goal || Array.Exists(clients, c => c.IsFaulted), "the clients to be served");
        }
    }

    private Task<BanyanServer> StartAsync(BanyanServer rest, string name, int port) => BanyanServer.StartGatewayAsync(
        _directory[name], rest, $"gateway.http=127.0.0.1:{port}", $"gateway.handover={_directory["hand-over"]}", "gateway.transport=loops");
}
