using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Banyan.Functional.Tests.Platform;
using Banyan.Testing;

namespace Banyan.Functional.Tests.Topology;

/// <summary>
/// What a request costs a gateway's process in system calls, counted by strace. How often a loop waits depends on how many requests are there at once, which is
/// the bench's business (<c>banyan bench gateway -- calls</c>: at most 4.3 in all); what it does for each of them does not.
/// </summary>
public sealed class GatewaySystemCallTests : IDisposable
{
    private const int Connections = 32;
    private const int Rounds = 100;

    // Waiting, and what the runtime does for itself while it still compiles.
    private static readonly string[] NotOfRequests =
        ["epoll_wait", "epoll_pwait", "futex", "sched_yield", "clock_nanosleep", "restart_syscall", "mmap", "munmap", "mprotect", "madvise", "getrusage", "total"];

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [NeedsFact("strace")]
    public async Task Request_over_kept_connections_is_two_receives_and_two_sends()
    {
        // 1. The gateway alone in its process.
        await using var rest = await BanyanServer.StartAsync(_directory["rest"], "store,api,registry");
        await using var echo = await EchoService.StartAsync("e1");
        await rest.ApplyServiceForAllAsync("echo");
        await rest.RegisterAsync("echo", "e1", echo.Port);
        await using var gateway = await BanyanServer.StartGatewayAsync(_directory["gateway"], rest, "gateway.loops=1");
        await gateway.AnswersAsync("/x", "e1 GET /x");

        // 2. Clients and connections to the service are there before it is counted.
        var clients = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Client.OpenAsync(gateway.Gateway!.Port)));
        await Task.WhenAll(clients.Select(c => c.AskAsync(10)));

        // 3. Counted.
        var table = _directory["calls"];
        await using var strace = TestProcess.Start("strace", ["-c", "-f", "-o", table, "-p", gateway.Process.Id.ToString(CultureInfo.InvariantCulture)]);
        await strace.WaitForOutputAsync("attached");
        await Task.WhenAll(clients.Select(c => c.AskAsync(Rounds)));
        Signals.Send(strace.Id, Signals.Interrupt);
        await strace.WaitForExitAsync();
        Array.ForEach(clients, c => c.Dispose());

        // % time, seconds, usecs/call, calls, errors if any, name
        var counts = (await File.ReadAllLinesAsync(table))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(parts => parts.Length >= 5 && int.TryParse(parts[3], out _) && !NotOfRequests.Contains(parts[^1]))
            .ToDictionary(parts => parts[^1], parts => int.Parse(parts[3], CultureInfo.InvariantCulture));
        var each = counts.Values.Sum() / (double)(Connections * Rounds);
        Assert.True(each is >= 3.99 and <= 4.1, $"{each:0.00} calls a request: {string.Join(", ", counts.Select(c => $"{c.Value} {c.Key}"))}");
    }

    private sealed class Client(Socket socket) : IDisposable
    {
        private static readonly byte[] Request = Encoding.ASCII.GetBytes("GET /x HTTP/1.1\r\nHost: echo.example\r\n\r\n");

        private readonly byte[] _buffer = new byte[4096];

        public static async Task<Client> OpenAsync(int port)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, port);
            return new Client(socket);
        }

        public async Task AskAsync(int times)
        {
            for (var i = 0; i < times; i++)
            {
                await socket.SendAsync(Request);
                var length = 0;
                while (!_buffer.AsSpan(0, length).EndsWith("e1 GET /x"u8))
                {
                    var count = await socket.ReceiveAsync(_buffer.AsMemory(length));
                    Assert.NotEqual(0, count);
                    length += count;
                }
            }
        }

        public void Dispose() => socket.Dispose();
    }
}
