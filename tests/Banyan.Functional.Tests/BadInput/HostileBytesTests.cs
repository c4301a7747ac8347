using System.Net.Sockets;
using System.Text;
using Banyan.Functional.Tests.Platform;
using Banyan.Testing;

namespace Banyan.Functional.Tests.BadInput;

/// <summary>Bytes nobody should send, on raw sockets, the same in every run: the server neither ends nor stalls.</summary>
public sealed class HostileBytesTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const int Rounds = 150;
    private static readonly byte[] Http1 = Encoding.ASCII.GetBytes("POST /api/v1/domains/default/services/x:apply?manager=m HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
    private static readonly byte[] Http2 = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 4, 1, 5, 0, 0, 0, 1, 0x82, 0x86, 0x84, 0x41, 0, 0, 5, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0];

    [Fact]
    public async Task Api_survives_altered_requests() => await SurvivesAsync(shared.Server.Http, Http1, seed: 1);

    [Fact]
    public async Task Gateway_survives_altered_requests() => await SurvivesAsync(shared.Server.Gateway!, Http1, seed: 2);

    [Fact]
    public async Task Grpc_port_survives_altered_frames() => await SurvivesAsync(shared.Server.Grpc, Http2, seed: 3);

    [Fact]
    public async Task Oversized_bodies_are_refused_and_the_server_goes_on()
    {
        var body = "{\"spec\":\"" + new string('x', 8 << 20) + "\"}";
        foreach (var path in (string[])["/api/v1/domains/default/services/big:apply?manager=m", "/api/v1/domains/default/services/big/instances/i1"])
        {
            try
            {
                using var answer = await shared.Server.SendAsync(path.Contains(":apply", StringComparison.Ordinal) ? HttpMethod.Post : HttpMethod.Put, path, body);
                Assert.Equal(413, (int)answer.StatusCode);
            }
            catch (HttpRequestException e) when (e.InnerException is IOException or SocketException)
            {
                // Refused before it was read: the connection may end before a client that goes on writing has seen the answer.
            }
        }

        await shared.Server.MustBeReadyAsync();
    }

    private async Task SurvivesAsync(Uri address, byte[] good, int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = (byte[])good.Clone();
            for (var edits = random.Next(0, 6); edits > 0; edits--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            if (round % 10 == 0)
            {
                random.NextBytes(bytes);
            }

            using var client = new TcpClient();
            await client.ConnectAsync(address.Host, address.Port);
            await using var stream = client.GetStream();
            try
            {
                await stream.WriteAsync(bytes.AsMemory(0, random.Next(1, bytes.Length + 1)));
                client.Client.Shutdown(SocketShutdown.Send);

                // Every answer has an end: half a request from a client that says no more must not hold the connection for ever.
                using var deadline = new CancellationTokenSource(Eventually.Deadline);
                var buffer = new byte[4096];
                while (await stream.ReadAsync(buffer, deadline.Token) > 0)
                {
                }
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                // Reset: the server had no more to say to this client.
            }
        }

        await shared.Server.MustBeReadyAsync();
        Assert.DoesNotContain("Unhandled exception", shared.Server.Process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(" fatal ", shared.Server.Process.Output, StringComparison.Ordinal);
    }
}
