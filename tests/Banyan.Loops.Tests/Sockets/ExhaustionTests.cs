using System.Net.Sockets;

using Banyan.Loops.Tests.Running;
using Banyan.Testing;

namespace Banyan.Loops.Tests.Sockets;

/// <summary>No descriptor left: in a process of its own, because the limit is one of the process.</summary>
public sealed class ExhaustionTests
{
    [Fact]
    public async Task Accept_without_descriptors_pauses_instead_of_spinning_and_goes_on_when_there_are_some()
    {
        using var host = HostProcess.Start(200, "echo");
        var endpoint = await host.ListeningAsync();
        var clients = new List<Socket>();
        for (var i = 0; i < 250; i++)
        {
            try
            {
                clients.Add(await RawClient.ConnectAsync(endpoint));
            }
            catch (SocketException reset) when (reset.SocketErrorCode == SocketError.ConnectionReset)
            {
                // Shed before the connecting had ended here.
            }
        }

        // Full: at least one was reset instead of being left waiting.
        await Eventually.True(async () => (await host.StateAsync()).Shed >= 1, "the process ran out and shed");
        var full = await host.StateAsync();
        Assert.Equal("24", full.Errors);
        Assert.InRange(full.Open, 50, 199);

        // A turn a connection, a pause and a question is plenty; spinning would be hundreds of thousands.
        Assert.InRange(full.Turns, 1, 10_000);

        // Those it serves it still serves.
        await clients[0].SendAllAsync("hello"u8.ToArray());
        Assert.Equal("hello"u8.ToArray(), await clients[0].ReceiveAllAsync(5));

        clients.ForEach(c => c.Dispose());
        await Eventually.True(async () => (await host.StateAsync()).Open == 0, "all closed");
        using var late = await RawClient.ConnectAsync(endpoint);
        await late.SendAllAsync("again"u8.ToArray());
        Assert.Equal("again"u8.ToArray(), await late.ReceiveAllAsync(5));
    }
}
