using Banyan.Gateway.Tests.Support;
using Banyan.Hosting;
using Microsoft.AspNetCore.Http;

namespace Banyan.Gateway.Tests.Forwarding;

/// <summary>What becomes of clients that misuse HTTP/2, and that others are still served meanwhile.</summary>
public abstract class Http2AbuseTests(GatewayTransport transport) : TransportTests(transport)
{
    // RFC 9113 section 7.
    private const int ProtocolError = 1;
    private const int EnhanceYourCalm = 11;

    [Fact]
    public async Task Requests_that_are_reset_at_once_end_the_connection()
    {
        await using var upstream = await WebUpstream.StartAsync(context => context.Response.WriteAsync("served"));
        await using var gateway = await StartAsync(upstream);
        await using var client = await Http2Frames.OpenAsync(gateway.Http2);

        // What is still unread when it closes turns the close into a reset, and GOAWAY may be lost with it.
        var code = await client.FloodAsync(20_000, i => Http2Frames.RequestAndReset((2 * i) + 1));
        Assert.True(code is -1 or EnhanceYourCalm, $"{code}");
    }

    [Fact]
    public async Task Head_in_endless_pieces_ends_the_connection()
    {
        await using var gateway = await StartAsync();
        await using var client = await Http2Frames.OpenAsync(gateway.Http2);
        await client.SendAsync(Http2Frames.Headers, Http2Frames.EndStream, 1, Http2Frames.Get);
        var code = await client.FloodAsync(10_000, _ => Http2Frames.Frame(Http2Frames.Continuation, 0, 1, Http2Frames.Kibibyte));
        Assert.True(code is -1 or ProtocolError or EnhanceYourCalm, $"{code}");
    }

    [Theory]
    [InlineData(20, 1)]
    [InlineData(50, 0)]
    public async Task Request_head_above_the_limit_does_not_reach_a_service(int kibibytes, int requests)
    {
        var reached = 0;
        await using var upstream = await WebUpstream.StartAsync(context =>
        {
            Interlocked.Increment(ref reached);
            return Task.CompletedTask;
        });
        await using var gateway = await StartAsync(upstream);
        await using var client = await Http2Frames.OpenAsync(gateway.Http2);

        await client.SendAsync(Http2Frames.Headers, Http2Frames.EndStream, 1, Http2Frames.Get);
        await client.FloodAsync(kibibytes, i => Http2Frames.Frame(Http2Frames.Continuation, i == kibibytes - 1 ? Http2Frames.EndHeaders : (byte)0, 1, Http2Frames.Kibibyte));
        await Testing.Eventually.True(() => Volatile.Read(ref reached) >= requests, "the request to have come as far as it may");

        using var after = await gateway.GetAsync();
        Assert.Equal(requests + 1, Volatile.Read(ref reached));
    }

    [Fact]
    public async Task More_streams_than_allowed_are_refused()
    {
        var waiting = 0;
        using var release = new SemaphoreSlim(0);
        await using var upstream = await WebUpstream.StartAsync(async context =>
        {
            Interlocked.Increment(ref waiting);
            await release.WaitAsync(context.RequestAborted);
        });
        await using var gateway = await StartAsync(upstream);
        await using var client = await Http2Frames.OpenAsync(gateway.Http2);
        for (var i = 0; i < 150; i++)
        {
            await client.RequestAsync((2 * i) + 1);
        }

        await Testing.Eventually.True(() => Volatile.Read(ref waiting) == 100, "a hundred requests to be at the service");
        Assert.Equal(-1, await client.FloodAsync(0, _ => []) ?? -1);
        Assert.Equal(100, Volatile.Read(ref waiting));
        release.Release(1000);
    }

    private Task<RunningGateway> StartAsync(WebUpstream? upstream = null) =>
        ToAsync(upstream is null ? [] : [upstream.Port], options => options.Http2 = new ListenAddress("127.0.0.1", 0));

    public sealed class OnLoops() : Http2AbuseTests(GatewayTransport.Loops);

    public sealed class OnFramework() : Http2AbuseTests(GatewayTransport.Framework);
}
