using System.Net;
using System.Net.WebSockets;
using System.Text;
using Banyan.Contracts.Registry.V1;
using Banyan.Gateway.Routing;
using Banyan.Gateway.Tests.Support;
using Banyan.Hosting;
using Banyan.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Banyan.Gateway.Tests.Listening;

/// <summary>Requests of every long kind stay open while everything around them changes, and each byte arrives.</summary>
public abstract class ZeroCutTests(GatewayTransport transport) : TransportTests(transport)
{
    private const int Changes = 6;

    [Fact]
    public async Task Change_of_routes_instances_and_certificates_cuts_nothing_that_is_open()
    {
        using var authority = new TestAuthority();
        using var next = new NextParts();
        await using var app = await WebUpstream.StartAsync(context => ServeAsync(context, next));
        await using var talker = await WebUpstream.StartAsync(EchoAsync, HttpProtocols.Http2);
        await using var decoy = await WebUpstream.StartAsync(context => context.Response.WriteAsync("decoy"));
        await using var gateway = await StartAsync(options =>
        {
            options.Http2 = new ListenAddress("127.0.0.1", 0);
            options.Https = new ListenAddress("127.0.0.1", 0);
        });
        var appUp = Entries.Instance("app", "app-1", app.Port);
        var talkerUp = Entries.Instance("talker", "talker-1", talker.Port, scheme: "grpc");
        var decoyUp = Entries.Instance("decoy", "decoy-1", decoy.Port);
        gateway.Instances(appUp, talkerUp);
        RouteEntry[] routes = [Entries.Route("app"), Entries.Route("talker", "/talk")];
        gateway.Routes.Replace(routes);
        gateway.Certificates.Replace([Declared.Certificate("shop", authority.Issue(["shop.example"]), byDefault: true)]);
        await using var open = await OpenAsync(gateway);
        await open.StepAsync(next);

        // 1. Routes of others.
        gateway.Routes.Replace([.. routes, .. Enumerable.Range(0, 50).Select(i => Entries.Route($"other-{i}", $"/other/{i}"))]);
        await open.StepAsync(next);

        // 2. Their own routes now lead to somebody else.
        gateway.Instances(appUp, talkerUp, decoyUp);
        gateway.Routes.Replace([Entries.Route("app", service: "decoy"), Entries.Route("talker", "/talk", service: "decoy")]);
        using (var anew = await gateway.GetAsync())
        {
            Assert.Equal("decoy", await anew.Content.ReadAsStringAsync());
        }

        await open.StepAsync(next);

        // 3. Their own instances drain.
        gateway.Instances(
            Entries.Instance("app", "app-1", app.Port, InstanceState.Draining), Entries.Instance("talker", "talker-1", talker.Port, InstanceState.Draining, "grpc"), decoyUp);
        await open.StepAsync(next);

        // 4. Other certificates, for the same name and then for none that is open.
        gateway.Certificates.Replace([Declared.Certificate("shop", authority.Issue(["shop.example"]), byDefault: true)]);
        gateway.Certificates.Replace([Declared.Certificate("other", authority.Issue(["other.example"]))]);
        await open.StepAsync(next);

        // 5. Nothing of what they began with is there any more.
        gateway.Routes.Replace([]);
        gateway.Instances();
        await open.StepAsync(next);

        await open.EndAsync();
    }

    private static async Task<OpenStreams> OpenAsync(RunningGateway gateway)
    {
        var streams = new OpenStreams();
        await streams.OpenAsync(gateway);
        return streams;
    }

    private static async Task ServeAsync(HttpContext context, NextParts next)
    {
        if (context.WebSockets.IsWebSocketRequest)
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var buffer = new byte[1000];
            while (await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None) is { MessageType: not WebSocketMessageType.Close } message)
            {
                await socket.SendAsync(buffer.AsMemory(0, message.Count), message.MessageType, message.EndOfMessage, CancellationToken.None);
            }

            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", CancellationToken.None);
            return;
        }

        if (HttpMethods.IsPost(context.Request.Method))
        {
            using var reader = new StreamReader(context.Request.Body);
            await context.Response.WriteAsync(await reader.ReadToEndAsync());
            return;
        }

        for (var i = 0; i < Changes; i++)
        {
            await context.Response.WriteAsync($"part {i}\n");
            await context.Response.Body.FlushAsync();
            await next.WaitAsync(context);
        }

        await context.Response.WriteAsync("end");
    }

    private static async Task EchoAsync(HttpContext context)
    {
        context.Response.ContentType = "application/grpc";
        await context.Response.StartAsync();
        var buffer = new byte[1000];
        for (int count; (count = await context.Request.Body.ReadAsync(buffer)) > 0;)
        {
            await context.Response.Body.WriteAsync(buffer.AsMemory(0, count));
            await context.Response.Body.FlushAsync();
        }

        context.Response.AppendTrailer("grpc-status", "0");
    }

    public sealed class OnLoops() : ZeroCutTests(GatewayTransport.Loops);

    public sealed class OnFramework() : ZeroCutTests(GatewayTransport.Framework);

    // Lets each answer in parts go on to its next one. Each waits for its own word: of two for all, one that is quick would take both.
    private sealed class NextParts : IDisposable
    {
        public const int Downloads = 2;

        private readonly SemaphoreSlim[] _words = [.. Enumerable.Range(0, Downloads).Select(_ => new SemaphoreSlim(0))];

        public Task WaitAsync(HttpContext context) => _words[context.Request.Path.Value![^1] - '0'].WaitAsync(context.RequestAborted);

        public void Release() => Array.ForEach(_words, word => word.Release());

        public void Dispose() => Array.ForEach(_words, word => word.Dispose());
    }

    // One of each kind: a WebSocket, an answer in parts without and with TLS, a body that comes slowly, a stream of gRPC both ways.
    private sealed class OpenStreams : IAsyncDisposable
    {
        private const int PieceBytes = 20_000;

        private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true },
        });

        private readonly CancellationTokenSource _deadline = new(Eventually.Deadline);
        private readonly ClientWebSocket _socket = new();
        private readonly PushedContent _upload = new();
        private readonly PushedContent _words = new();
        private readonly byte[] _buffer = new byte[PieceBytes];
        private readonly StreamReader[] _downloads = new StreamReader[NextParts.Downloads];
        private Task<HttpResponseMessage>? _uploading;
        private HttpResponseMessage? _talk;
        private Stream? _heard;
        private int _step;

        public async Task OpenAsync(RunningGateway gateway)
        {
            await _socket.ConnectAsync(new Uri($"ws://127.0.0.1:{gateway.Http.Port}/socket"), _deadline.Token);
            Uri[] ports = [gateway.Http, gateway.Https];
            for (var i = 0; i < ports.Length; i++)
            {
                var answer = await _client.SendAsync(Request(HttpMethod.Get, ports[i], $"/parts/{i}"), _deadline.Token);
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                _downloads[i] = new StreamReader(await answer.Content.ReadAsStreamAsync());
            }

            var upload = Request(HttpMethod.Post, gateway.Http, "/upload");
            upload.Content = _upload;
            _uploading = _client.SendAsync(upload, _deadline.Token);
            var talk = Request(HttpMethod.Post, gateway.Http2, "/talk");
            talk.Version = HttpVersion.Version20;
            talk.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
            talk.Headers.TE.ParseAdd("trailers");
            talk.Content = _words;
            talk.Content.Headers.TryAddWithoutValidation("Content-Type", "application/grpc");
            _words.Push(Piece(0));
            _talk = await _client.SendAsync(talk, _deadline.Token);
            _heard = await _talk.Content.ReadAsStreamAsync();
            await HearAsync(Piece(0));
        }

        /// <summary>One more piece on each of them.</summary>
        public async Task StepAsync(NextParts next)
        {
            var word = Encoding.ASCII.GetBytes($"word {_step}\n");
            await _socket.SendAsync(word, WebSocketMessageType.Binary, true, _deadline.Token);
            var message = await _socket.ReceiveAsync(_buffer, _deadline.Token);
            Assert.Equal(word, _buffer[..message.Count]);

            foreach (var download in _downloads)
            {
                Assert.Equal($"part {_step}", await download.ReadLineAsync(_deadline.Token));
            }

            next.Release();
            _step++;
            _upload.Push(Piece(_step));
            _words.Push(Piece(_step));
            await HearAsync(Piece(_step));
        }

        /// <summary>Ends each in order and looks at what came in all.</summary>
        public async Task EndAsync()
        {
            Assert.Equal(Changes, _step);
            foreach (var download in _downloads)
            {
                Assert.Equal("end", await download.ReadToEndAsync(_deadline.Token));
            }

            _upload.End();
            using var uploaded = await _uploading!;
            Assert.Equal(Enumerable.Range(1, Changes).SelectMany(Piece), await uploaded.Content.ReadAsByteArrayAsync());
            _words.End();
            Assert.Equal(0, await _heard!.ReadAsync(_buffer, _deadline.Token));
            Assert.Equal("0", _talk!.TrailingHeaders.GetValues("grpc-status").Single());
            await _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", _deadline.Token);
        }

        public ValueTask DisposeAsync()
        {
            _socket.Dispose();
            _client.Dispose();
            _deadline.Dispose();
            return ValueTask.CompletedTask;
        }

        private async Task HearAsync(byte[] piece)
        {
            var heard = new byte[piece.Length];
            await _heard!.ReadExactlyAsync(heard, _deadline.Token);
            Assert.Equal(piece, heard);
        }

        // Large enough that no server takes the pauses of a slow machine for a client that trickles.
        private static byte[] Piece(int step) => Encoding.ASCII.GetBytes(new string((char)('a' + step), PieceBytes));

        private static HttpRequestMessage Request(HttpMethod method, Uri port, string path) => new(method, new Uri(port, path)) { Headers = { Host = "app.test" } };
    }
}
