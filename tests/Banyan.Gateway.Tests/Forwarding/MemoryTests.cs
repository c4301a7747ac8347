using System.Globalization;
using Banyan.Gateway.Tests.Support;
using Banyan.Hosting;
using Microsoft.AspNetCore.Http;

namespace Banyan.Gateway.Tests.Forwarding;

/// <summary>What long bodies and endless frames cost in memory.</summary>
public abstract class MemoryTests(GatewayTransport transport) : TransportTests(transport)
{
    private const long Large = 64L * 1024 * 1024;

    [Fact]
    public async Task Large_bodies_stream_each_way_in_bounded_memory()
    {
        var peak = 0L;
        await using var upstream = await WebUpstream.StartAsync(async context =>
        {
            if (HttpMethods.IsPost(context.Request.Method))
            {
                await context.Response.WriteAsync((await PatternContent.VerifyAsync(context.Request.Body)).ToString(CultureInfo.InvariantCulture));
                peak = Math.Max(peak, GC.GetTotalMemory(false));
                return;
            }

            await new PatternContent(Large).CopyToAsync(context.Response.Body);
            peak = Math.Max(peak, GC.GetTotalMemory(false));
        });
        await using var gateway = await ToAsync([upstream.Port]);
        var before = GC.GetTotalMemory(true);
        using var upload = await gateway.SendAsync(new HttpRequestMessage(HttpMethod.Post, gateway.Http) { Content = new PatternContent(Large) });
        Assert.Equal(Large.ToString(CultureInfo.InvariantCulture), await upload.Content.ReadAsStringAsync());
        Assert.Equal(Large, (await gateway.NextRecordAsync()).BytesIn);

        using var download = await gateway.GetAsync();
        await using var body = await download.Content.ReadAsStreamAsync();
        Assert.Equal(Large, await PatternContent.VerifyAsync(body));
        Assert.Equal(Large, (await gateway.NextRecordAsync()).BytesOut);
        Assert.True(peak - before < Large, $"{(peak - before) >> 20} MiB in use at the peak");
    }

    [Theory]
    [InlineData(Http2Frames.Ping)]
    [InlineData(Http2Frames.Settings)]
    public async Task Control_frames_without_end_leave_others_served(byte type)
    {
        await using var upstream = await WebUpstream.StartAsync(context => context.Response.WriteAsync("served"));
        await using var gateway = await ToAsync([upstream.Port], options => options.Http2 = new ListenAddress("127.0.0.1", 0));
        await using var flooder = await Http2Frames.OpenAsync(gateway.Http2);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        // Whether it is ended or answered is the server's business; it must cost no memory that stays.
        await flooder.FloodAsync(50_000, _ => Http2Frames.Frame(type, 0, 0, type == Http2Frames.Ping ? new byte[8] : []));

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 32 * 1024 * 1024);
        using var answer = await gateway.GetAsync();
        Assert.Equal("served", await answer.Content.ReadAsStringAsync());
    }

    [Collection(nameof(Alone))]
    public sealed class OnLoops() : MemoryTests(GatewayTransport.Loops);

    [Collection(nameof(Alone))]
    public sealed class OnFramework() : MemoryTests(GatewayTransport.Framework);
}
