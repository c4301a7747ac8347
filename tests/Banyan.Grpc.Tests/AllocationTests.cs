using Banyan.Test.V1;
using Banyan.Testing.Echo;

namespace Banyan.Grpc.Tests;

/// <summary>What a call may allocate. Runs alone, since the runtime counts for the whole process.</summary>
[Collection(nameof(Alone))]
public sealed class AllocationTests
{
    // Client, server, HTTP/2 on both sides, one request and one response message, and the
    // handler's look at the metadata: about 6,700 bytes measured, of which a plain HTTP/2 exchange is 3,600.
    private const int UnaryBudget = 9_000;

    // One streamed message, its object on the client included: about 150 bytes measured.
    private const int StreamedBudget = 300;

    [Fact]
    public async Task Unary_call_stays_within_its_budget()
    {
        await using var server = await EchoServer.StartAsync();
        await using var channel = server.Connect();
        var request = new EchoRequest { Text = "budget" };

        var perCall = await MeasureAsync(async count =>
        {
            for (var i = 0; i < count; i++)
            {
                await channel.UnaryAsync(EchoMethods.Say, request);
            }
        });

        Assert.True(perCall < UnaryBudget, $"{perCall} bytes a call; the budget is {UnaryBudget}.");
    }

    [Fact]
    public async Task Streamed_message_stays_within_its_budget()
    {
        await using var server = await EchoServer.StartAsync();
        await using var channel = server.Connect();

        var perMessage = await MeasureAsync(async count =>
        {
            await foreach (var response in channel.ServerStreamingAsync(EchoMethods.Repeat, new EchoRequest { Text = "budget", Times = count }))
            {
            }
        });

        Assert.True(perMessage < StreamedBudget, $"{perMessage} bytes a message; the budget is {StreamedBudget}.");
    }

    // The smallest of several rounds: compilation and other threads only ever add.
    private static async Task<long> MeasureAsync(Func<int, Task> run)
    {
        const int count = 1000;
        var least = long.MaxValue;
        for (var round = 0; round < 6; round++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            await run(count);
            least = Math.Min(least, (GC.GetTotalAllocatedBytes(precise: true) - before) / count);
        }

        return least;
    }
}

/// <summary>Tests that run with no other beside them.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
