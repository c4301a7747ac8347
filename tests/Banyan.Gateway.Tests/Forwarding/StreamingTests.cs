using System.Net;
using System.Net.WebSockets;
using System.Text;
using Banyan.Gateway.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Banyan.Gateway.Tests.Forwarding;

public abstract class StreamingTests(GatewayTransport transport) : TransportTests(transport)
{
    private const long Large = 64L * 1024 * 1024;

    [Fact]
    public async Task Slow_client_holds_back_the_service_instead_of_filling_memory()
    {
        var written = 0L;
        await using var upstream = await WebUpstream.StartAsync(async context =>
        {
            var buffer = new byte[64 * 1024];
            while (written < Large)
            {
                await context.Response.Body.WriteAsync(buffer);
                Interlocked.Add(ref written, buffer.Length);
            }
        });
        await using var gateway = await ToAsync([upstream.Port]);
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: app.test\r\n\r\n");
        await client.ReadHeadAsync();

        // The client reads no more: the service must come to a stand, far from the end.
        var last = -1L;
        var same = 0;
        await Testing.Eventually.True(
            () =>
            {
                var now = Interlocked.Read(ref written);
                same = now == last ? same + 1 : 0;
                last = now;
                return same == 20;
            },
            "the service to stand still");
        Assert.InRange(last, 0, Large / 2);
    }

    [Fact]
    public async Task Event_arrives_while_the_stream_is_open()
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = await WebUpstream.StartAsync(async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: 1\n\n");
            await context.Response.Body.FlushAsync();
            await go.Task;
            await context.Response.WriteAsync("data: 2\n\n");
        });
        await using var gateway = await ToAsync([upstream.Port]);
        using var response = await gateway.GetAsync();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());

        Assert.Equal("data: 1", await reader.ReadLineAsync());
        Assert.False(go.Task.IsCompleted);
        go.SetResult();
        Assert.EndsWith("data: 2\n\n", await reader.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Head_arrives_before_the_first_byte_of_the_body()
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = await WebUpstream.StartAsync(async context =>
        {
            await context.Response.Body.FlushAsync();
            await go.Task;
        });
        await using var gateway = await ToAsync([upstream.Port]);
        using var response = await gateway.GetAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        go.SetResult();
    }

    [Fact]
    public async Task Change_of_routes_does_not_cut_an_open_stream()
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = await WebUpstream.StartAsync(async context =>
        {
            await context.Response.WriteAsync("first\n");
            await context.Response.Body.FlushAsync();
            await go.Task;
            await context.Response.WriteAsync("last\n");
        });
        await using var gateway = await ToAsync([upstream.Port]);
        using var response = await gateway.GetAsync();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal("first", await reader.ReadLineAsync());

        gateway.Routes.Replace([]);
        gateway.Instances();
        using var gone = await gateway.GetAsync();
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);

        go.SetResult();
        Assert.Equal("last\n", await reader.ReadToEndAsync());
    }

    [Fact]
    public async Task WebSocket_carries_messages_both_ways_and_closes()
    {
        await using var upstream = await WebUpstream.StartAsync(EchoAsync);
        await using var gateway = await ToAsync([upstream.Port]);
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("echo.v1");
        using var deadline = new CancellationTokenSource(Testing.Eventually.Deadline);
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{gateway.Http.Port}/socket"), deadline.Token);
        Assert.Equal("echo.v1", socket.SubProtocol);

        var buffer = new byte[256 * 1024];
        foreach (var size in new[] { 1, 125, 126, 70_000, 200_000 })
        {
            var message = Enumerable.Range(0, size).Select(i => (byte)i).ToArray();
            await socket.SendAsync(message, WebSocketMessageType.Binary, true, deadline.Token);
            var received = 0;
            ValueWebSocketReceiveResult result;
            do
            {
                result = await socket.ReceiveAsync(buffer.AsMemory(received), deadline.Token);
                received += result.Count;
            }
            while (!result.EndOfMessage);
            Assert.True(message.AsSpan().SequenceEqual(buffer.AsSpan(0, received)));
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", deadline.Token);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
        var record = await gateway.NextRecordAsync();
        Assert.True(record.Tunnel);
        Assert.Equal(101, record.Status);
    }

    [Fact]
    public async Task Refused_upgrade_is_an_ordinary_answer()
    {
        await using var upstream = await WebUpstream.StartAsync(context =>
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        });
        await using var gateway = await ToAsync([upstream.Port]);
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: app.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 403", await client.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Grpc_shaped_call_has_its_trailers_end_to_end()
    {
        await using var upstream = await WebUpstream.StartAsync(
            async context =>
            {
                context.Response.ContentType = "application/grpc";
                await context.Request.Body.CopyToAsync(context.Response.Body);
                context.Response.AppendTrailer("grpc-status", "0");
            },
            HttpProtocols.Http2);
        await using var gateway = await ToAsync([upstream.Port], options => options.Http2 = new Hosting.ListenAddress("127.0.0.1", 0), scheme: "grpc");
        using var request = Grpc(gateway);
        using var response = await gateway.SendAsync(request);

        Assert.Equal("\0\0\0\0\u0002hi", await response.Content.ReadAsStringAsync());
        Assert.Equal("0", response.TrailingHeaders.GetValues("grpc-status").Single());
    }

    [Fact]
    public async Task Grpc_caller_gets_failures_as_grpc_status()
    {
        await using var gateway = await ToAsync([], options => options.Http2 = new Hosting.ListenAddress("127.0.0.1", 0));
        using var request = Grpc(gateway);
        using var response = await gateway.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("14", response.Headers.GetValues("grpc-status").Single());
        Assert.Contains("gateway/no-instances", response.Headers.GetValues("grpc-message").Single(), StringComparison.Ordinal);
    }

    private static HttpRequestMessage Grpc(RunningGateway gateway)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway.Http2, "/pets.Pets/Get"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(Encoding.ASCII.GetBytes("\0\0\0\0\u0002hi")),
        };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/grpc");
        request.Headers.TE.ParseAdd("trailers");
        return request;
    }

    private static async Task EchoAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync("echo.v1");
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var result = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            if (result.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", CancellationToken.None);
                return;
            }

            await socket.SendAsync(buffer.AsMemory(0, result.Count), result.MessageType, result.EndOfMessage, CancellationToken.None);
        }
    }

    public sealed class OnLoops() : StreamingTests(GatewayTransport.Loops);

    public sealed class OnFramework() : StreamingTests(GatewayTransport.Framework);
}
