using System.Net.Sockets;
using Banyan.Gateway.AccessLog;
using Banyan.Gateway.Tests.Support;

namespace Banyan.Gateway.Tests.Forwarding;

/// <summary>Whatever clients and services do: one request, one record, one outcome, and at most one execution.</summary>
public abstract class OutcomeTests(GatewayTransport transport) : TransportTests(transport)
{
    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public async Task Each_request_has_exactly_one_outcome(int seed)
    {
        const int Requests = 300;
        await using var upstream = ScriptedUpstream.Run(async (me, connection) =>
        {
            while (true)
            {
                var head = await me.HeadAsync(connection);
                switch (head[head.IndexOf("/m", StringComparison.Ordinal) + 2])
                {
                    case '0':
                        await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                        break;
                    case '1':
                        connection.Reset();
                        return;
                    case '2':
                        await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
                        return;
                    case '3':
                        await connection.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n");
                        break;
                    default:
                        return;
                }
            }
        });
        await using var gateway = await ToAsync([upstream.Port, Testing.FreePort.Next(), upstream.Port]);
        var random = new Random(seed);
        var plan = Enumerable.Range(0, Requests).Select(i => (Id: i, Mode: random.Next(5), Leaves: random.Next(10) == 0)).ToArray();
        await Parallel.ForEachAsync(plan, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (request, _) =>
        {
            await using var client = await gateway.ConnectAsync();
            await client.SendAsync($"POST /m{request.Mode}?id={request.Id}. HTTP/1.1\r\nHost: app.test\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
            if (request.Leaves)
            {
                client.Socket.Shutdown(SocketShutdown.Both);
                return;
            }

            var answer = await client.ReadToEndAsync();
            switch (request.Mode)
            {
                case 0 or 3:
                    Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
                    break;
                case 2:
                    // Broken off: how much of it was on its way by then is chance, that it was not ended is not.
                    Assert.True(answer.Length == 0 || (answer.StartsWith("HTTP/1.1 200", StringComparison.Ordinal) && answer.Contains("Content-Length: 9", StringComparison.Ordinal)), answer);
                    break;
                default:
                    Assert.StartsWith("HTTP/1.1 502", answer, StringComparison.Ordinal);
                    break;
            }
        });

        // A client that left before its request was read leaves no request behind; until the gateway has stopped, one more may be read.
        await gateway.StopAsync();
        var counters = gateway.Routes.Current!.Routes[0].Counters;
        Assert.Equal(0, counters.Active);
        Assert.InRange(counters.Requests, plan.Count(p => !p.Leaves), Requests);
        var records = new List<RequestRecord>();
        while (gateway.Log.Lines.TryRead(out var record))
        {
            records.Add(record);
        }

        Assert.Equal(counters.Requests, records.Count);
        Assert.All(
            upstream.Heads.GroupBy(head => head[head.IndexOf("id=", StringComparison.Ordinal)..head.IndexOf('.', StringComparison.Ordinal)]),
            executions => Assert.Single(executions));
        Assert.All(gateway.Clusters.Get(new("default", "app")).Members, member => Assert.Equal(0, member.Endpoint.Active));
    }

    public sealed class OnLoops() : OutcomeTests(GatewayTransport.Loops);

    public sealed class OnFramework() : OutcomeTests(GatewayTransport.Framework);
}
