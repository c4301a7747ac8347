using System.Net;
using System.Net.WebSockets;
using System.Text;
using Banyan.Gateway.Tests.Support;
using Banyan.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Banyan.Gateway.Tests.Http2;

/// <summary>HTTP/2 of a client others wrote, on the event loops, to instances of both kinds.</summary>
public abstract class Http2TrafficTests(GatewayTransport transport, HttpProtocols instances)
{
    private string Scheme => instances == HttpProtocols.Http2 ? "grpc" : "http";

    [Fact]
    public async Task Request_withoutABody_isAnsweredOverHttp2()
    {
        await using var upstream = await StartAsync(context =>
        {
            context.Response.Headers["X-Seen"] = $"{context.Request.Method} {context.Request.Path}{context.Request.QueryString} {context.Request.Host} {context.Request.Headers["X-Forwarded-For"]}";
            return context.Response.WriteAsync("hello");
        });
        await using var gateway = await ToAsync(upstream);
        using var response = await SendAsync(gateway, HttpMethod.Get, "/a%20b?c=d");
        Assert.Equal(HttpVersion.Version20, response.Version);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("hello", await response.Content.ReadAsStringAsync());
        Assert.Equal("GET /a%20b?c=d app.test 127.0.0.1", response.Headers.GetValues("X-Seen").Single());
        Assert.False(response.Headers.Contains("Connection"));
    }

    [Theory]
    [InlineData("HEAD", 200)]
    [InlineData("GET", 204)]
    [InlineData("GET", 304)]
    public async Task Answer_withoutABody_endsWithItsHead(string method, int status)
    {
        await using var upstream = await StartAsync(context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentLength = method == "HEAD" ? 12 : null;
            return Task.CompletedTask;
        });
        await using var gateway = await ToAsync(upstream);
        using var response = await SendAsync(gateway, new HttpMethod(method), "/");
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(method == "HEAD" ? 12 : null, response.Content.Headers.ContentLength);
        Assert.Equal("", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Crumbs_ofCookies_areOneFieldAgain()
    {
        await using var upstream = await StartAsync(context => context.Response.WriteAsync(string.Join('|', context.Request.Headers.Cookie.Select(c => c))));
        await using var gateway = await ToAsync(upstream);
        using var request = Request(gateway, HttpMethod.Get, "/");
        request.Headers.TryAddWithoutValidation("Cookie", ["a=1", "b=2"]);
        using var response = await gateway.SendAsync(request);
        Assert.Equal("a=1; b=2", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task LongBodies_bothWays_areWhole()
    {
        const long Size = 5_000_000;
        await using var upstream = await StartAsync(async context =>
        {
            Assert.Equal(Size, await PatternContent.VerifyAsync(context.Request.Body));
            await new PatternContent(Size).CopyToAsync(context.Response.Body);
        });
        await using var gateway = await ToAsync(upstream);
        using var request = Request(gateway, HttpMethod.Post, "/");
        request.Content = new PatternContent(Size);
        using var response = await gateway.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(Size, await PatternContent.VerifyAsync(await response.Content.ReadAsStreamAsync()));
    }

    [Fact]
    public async Task ManyRequests_atOnce_eachGetTheirOwnAnswer()
    {
        await using var upstream = await StartAsync(context => context.Response.WriteAsync($"{context.Request.Path}{new string('x', 3000)}"));
        await using var gateway = await ToAsync(upstream);
        var answers = await Task.WhenAll(Enumerable.Range(0, 300).Select(async i =>
        {
            using var response = await SendAsync(gateway, HttpMethod.Get, $"/{i}");
            return await response.Content.ReadAsStringAsync();
        }));
        Assert.Equal(Enumerable.Range(0, 300).Select(i => $"/{i}{new string('x', 3000)}"), answers);
    }

    // Each message of the client is answered before the next is sent: nothing on the way may wait for more.
    [Fact]
    public async Task Messages_inTurn_flowBothWaysAtOnce()
    {
        await using var upstream = await StartAsync(async context =>
        {
            context.Response.ContentType = "application/grpc";
            await context.Response.StartAsync();
            var buffer = new byte[100];
            for (int count; (count = await context.Request.Body.ReadAsync(buffer)) > 0;)
            {
                await context.Response.Body.WriteAsync(buffer.AsMemory(0, count));
                await context.Response.Body.FlushAsync();
            }

            // The framework's HTTP/1.1 has no trailers.
            if (instances == HttpProtocols.Http2)
            {
                context.Response.AppendTrailer("grpc-status", "0");
            }
        });
        await using var gateway = await ToAsync(upstream);
        var pipe = new System.IO.Pipelines.Pipe();
        using var request = Request(gateway, HttpMethod.Post, "/pets.Pets/Talk");
        request.Content = new PipeContent(pipe.Reader);
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/grpc");
        request.Headers.TE.ParseAdd("trailers");
        await pipe.Writer.WriteAsync("first"u8.ToArray());
        using var response = await gateway.SendAsync(request);
        var body = await response.Content.ReadAsStreamAsync();
        var buffer = new byte[100];
        Assert.Equal("first", Encoding.ASCII.GetString(buffer, 0, await body.ReadAsync(buffer)));
        foreach (var word in new[] { "second", "third", "fourth" })
        {
            await pipe.Writer.WriteAsync(Encoding.ASCII.GetBytes(word));
            Assert.Equal(word, Encoding.ASCII.GetString(buffer, 0, await body.ReadAsync(buffer)));
        }

        await pipe.Writer.CompleteAsync();
        Assert.Equal(0, await body.ReadAsync(buffer));
        Assert.Equal(instances == HttpProtocols.Http2 ? ["0"] : [], response.TrailingHeaders.SelectMany(field => field.Value));
    }

    [Fact]
    public async Task Client_thatCancels_isNoticedByTheInstance()
    {
        var noticed = new TaskCompletionSource();
        await using var upstream = await StartAsync(async context =>
        {
            context.RequestAborted.Register(noticed.SetResult);
            await context.Response.Body.WriteAsync(new byte[10]);
            await context.Response.Body.FlushAsync();
            await noticed.Task;
        });
        await using var gateway = await ToAsync(upstream);
        using (var response = await SendAsync(gateway, HttpMethod.Get, "/"))
        {
            Assert.Equal(10, await (await response.Content.ReadAsStreamAsync()).ReadAtLeastAsync(new byte[10], 10));
        }

        await noticed.Task.WaitAsync(Eventually.Deadline);
    }

    [Fact]
    public async Task Instance_thatBreaksOff_resetsTheClientsStream()
    {
        var read = new TaskCompletionSource();
        await using var upstream = await StartAsync(async context =>
        {
            await context.Response.Body.WriteAsync(new byte[10]);
            await context.Response.Body.FlushAsync();
            await read.Task;
            context.Abort();
        });
        await using var gateway = await ToAsync(upstream);
        using var response = await SendAsync(gateway, HttpMethod.Get, "/");
        var body = await response.Content.ReadAsStreamAsync();
        await body.ReadExactlyAsync(new byte[10]);
        read.SetResult();
        await Assert.ThrowsAnyAsync<Exception>(() => body.CopyToAsync(Stream.Null));

        // The connection serves on.
        await using var second = await StartAsync(context => context.Response.WriteAsync("still here"));
        gateway.Instances(Entries.Instance("app", "app-2", second.Port, scheme: Scheme), Entries.Instance("app", "app-1", second.Port, scheme: Scheme));
        using var next = await SendAsync(gateway, HttpMethod.Get, "/");
        Assert.Equal("still here", await next.Content.ReadAsStringAsync());
    }

    // What a client does not read is held back at the instance, not in the gateway.
    [Fact]
    public async Task Client_thatDoesNotRead_holdsTheInstanceBack()
    {
        var written = 0L;
        await using var upstream = await StartAsync(async context =>
        {
            var piece = new byte[64 * 1024];
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(piece, context.RequestAborted);
                Interlocked.Add(ref written, piece.Length);
            }
        });
        await using var gateway = await ToAsync(upstream);
        using var response = await SendAsync(gateway, HttpMethod.Get, "/");
        var body = await response.Content.ReadAsStreamAsync();
        var (last, same) = (-1L, 0);
        await Eventually.True(
            () =>
            {
                var now = Interlocked.Read(ref written);
                same = now == last ? same + 1 : 0;
                last = now;
                return now > 0 && same == 50;
            },
            "the instance stands still");
        Assert.InRange(Interlocked.Read(ref written), 1, 64L * 1024 * 1024);
        Assert.NotEqual(0, await body.ReadAsync(new byte[1000]));
    }

    [Fact]
    public async Task Drain_letsWhatRunsEndAndTakesNothingNew()
    {
        var go = new TaskCompletionSource();
        await using var upstream = await StartAsync(async context =>
        {
            await context.Response.WriteAsync("one ");
            await context.Response.Body.FlushAsync();
            await go.Task;
            await context.Response.WriteAsync("two");
        });
        await using var gateway = await ToAsync(upstream);
        using var response = await SendAsync(gateway, HttpMethod.Get, "/");
        var stopping = gateway.StopAsync();
        await Eventually.True(() => Task.FromResult(!stopping.IsCompleted && !gateway.Accepts), "the port is closed");
        go.SetResult();
        Assert.Equal("one two", await response.Content.ReadAsStringAsync());
        await stopping.WaitAsync(Eventually.Deadline);
    }

    [Fact]
    public async Task Preface_onThePortOfHttp11_isUnderstood()
    {
        await using var upstream = await StartAsync(context => context.Response.WriteAsync("hello"));
        await using var gateway = await ToAsync(upstream);
        using var request = Request(gateway, HttpMethod.Get, "/");
        request.RequestUri = new Uri(gateway.Http, "/");
        using var response = await gateway.SendAsync(request);
        Assert.Equal(HttpVersion.Version20, response.Version);
        Assert.Equal("hello", await response.Content.ReadAsStringAsync());
        using var plain = await gateway.GetAsync();
        Assert.Equal(HttpVersion.Version11, plain.Version);
    }

    [NeedsFact("h2load")]
    public async Task Load_ofManyStreams_isServedWithoutAFailure()
    {
        await using var upstream = await StartAsync(context => context.Response.WriteAsync("hello"));
        await using var gateway = await ToAsync(upstream);
        await using var load = TestProcess.Start(Needs.Require("h2load"), ["-n", "2000", "-c", "8", "-m", "20", "-H", ":authority: app.test", gateway.Http2.ToString()]);
        Assert.Equal(0, await load.WaitForExitAsync());
        Assert.Contains("2000 succeeded, 0 failed, 0 errored, 0 timeout", load.Output, StringComparison.Ordinal);
        Assert.Contains("2000 2xx", load.Output, StringComparison.Ordinal);
    }

    private Task<WebUpstream> StartAsync(RequestDelegate serve) => WebUpstream.StartAsync(serve, instances);

    private Task<RunningGateway> ToAsync(WebUpstream upstream) => RunningGateway.ToAsync(
        [upstream.Port],
        options =>
        {
            options.Transport = transport;
            options.Loops = 2;
            options.Http2 = new Hosting.ListenAddress("127.0.0.1", 0);
        },
        scheme: Scheme);

    private static HttpRequestMessage Request(RunningGateway gateway, HttpMethod method, string path) => new(method, new Uri(gateway.Http2, path))
    {
        Version = HttpVersion.Version20,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Headers = { Host = "app.test" },
    };

    private static async Task<HttpResponseMessage> SendAsync(RunningGateway gateway, HttpMethod method, string path)
    {
        using var request = Request(gateway, method, path);
        return await gateway.SendAsync(request);
    }

    // Sends what is written to a pipe while the answer is read already.
    private sealed class PipeContent(System.IO.Pipelines.PipeReader reader) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.FlushAsync();
            while (await reader.ReadAsync() is { } result && !(result.IsCompleted && result.Buffer.IsEmpty))
            {
                foreach (var piece in result.Buffer)
                {
                    await stream.WriteAsync(piece);
                }

                await stream.FlushAsync();
                reader.AdvanceTo(result.Buffer.End);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    public abstract class ToHttp1(GatewayTransport transport) : Http2TrafficTests(transport, HttpProtocols.Http1)
    {
        [Fact]
        public async Task WebSocket_overAStream_isATunnel()
        {
            await using var upstream = await WebUpstream.StartAsync(async context =>
            {
                using var server = await context.WebSockets.AcceptWebSocketAsync();
                var buffer = new byte[1000];
                var message = await server.ReceiveAsync(buffer, CancellationToken.None);
                await server.SendAsync(buffer.AsMemory(0, message.Count), message.MessageType, true, CancellationToken.None);
                await server.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", CancellationToken.None);
            });
            await using var gateway = await ToAsync(upstream);
            using var client = new ClientWebSocket();
            client.Options.HttpVersion = HttpVersion.Version20;
            client.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
            client.Options.SetRequestHeader("Host", "app.test");
            using var invoker = new HttpMessageInvoker(new SocketsHttpHandler());
            using var deadline = new CancellationTokenSource(Eventually.Deadline);
            await client.ConnectAsync(new UriBuilder(gateway.Http2) { Scheme = "ws", Path = "/chat" }.Uri, invoker, deadline.Token);
            await client.SendAsync("hi"u8.ToArray(), WebSocketMessageType.Text, true, deadline.Token);
            var buffer = new byte[100];
            var echo = await client.ReceiveAsync(buffer, deadline.Token);
            Assert.Equal("hi", Encoding.ASCII.GetString(buffer, 0, echo.Count));
            var close = await client.ReceiveAsync(buffer, deadline.Token);
            Assert.Equal(WebSocketMessageType.Close, close.MessageType);
            await client.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", deadline.Token);
        }
    }

    public sealed class ToHttp1OnLoops() : ToHttp1(GatewayTransport.Loops);

    public sealed class ToHttp1OnFramework() : ToHttp1(GatewayTransport.Framework);

    public sealed class ToHttp2OnLoops() : Http2TrafficTests(GatewayTransport.Loops, HttpProtocols.Http2);

    public sealed class ToHttp2OnFramework() : Http2TrafficTests(GatewayTransport.Framework, HttpProtocols.Http2);
}
