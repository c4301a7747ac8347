using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Banyan.Gateway.Handovers;
using Banyan.Gateway.Tests.Support;
using Banyan.Hosting;
using Banyan.Loops.Passing;
using Banyan.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Win32.SafeHandles;

namespace Banyan.Gateway.Tests.Handovers;

public sealed class HandoverTests : IDisposable
{
    private const string Get = "GET / HTTP/1.1\r\nHost: app.test\r\nConnection: close\r\n\r\n";

    private readonly TempDirectory _directory = new();

    private string Path => _directory["hand-over"];

    [Fact]
    public async Task Restarts_under_new_connections_refuse_and_break_none()
    {
        const int Each = 40;
        await using var upstream = Serving();

        // More loops than before, then fewer: every queue finds somebody who takes from it.
        int[] loops = [2, 3, 1, 2];
        var gateway = await StartAsync(upstream.Port, 0, loops[0]);
        var port = gateway.Http.Port;
        using var stop = new CancellationTokenSource();
        var served = 0;
        var clients = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await AskAsync(port);
                Interlocked.Increment(ref served);
            }
        })).ToArray();

        foreach (var count in loops.Skip(1))
        {
            await ServedAsync(Each);

            // It takes the path over when it has the listeners already, and whoever comes before that asks the one that has gone.
            await Eventually.True(() => Directory.GetFileSystemEntries(_directory.Path) is [var only] && only == Path, "the gateway that runs to be the one that is asked");
            var next = await StartAsync(upstream.Port, port, count);
            await gateway.HandedOver.WaitAsync(Eventually.Deadline);
            await gateway.StopAsync(CancellationToken.None).WaitAsync(Eventually.Deadline);
            await gateway.DisposeAsync();
            gateway = next;
            Assert.Equal(port, gateway.Http.Port);
        }

        await ServedAsync(Each);
        await stop.CancelAsync();
        await Task.WhenAll(clients);
        Assert.False(gateway.HandedOver.IsCompleted);
        await gateway.DisposeAsync();
        Assert.Empty(Directory.GetFileSystemEntries(_directory.Path));

        Task ServedAsync(int more)
        {
            var goal = Volatile.Read(ref served) + more;
            return Eventually.True(() => Volatile.Read(ref served) >= goal || Array.Exists(clients, c => c.IsFaulted), "the clients to be served");
        }
    }

    [Fact]
    public async Task What_runs_ends_with_the_gateway_that_began_it()
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = await WebUpstream.StartAsync(async context =>
        {
            if (context.WebSockets.IsWebSocketRequest)
            {
                using var server = await context.WebSockets.AcceptWebSocketAsync();
                await server.ReceiveAsync(new byte[100], CancellationToken.None);
                await server.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
                return;
            }

            await context.Response.WriteAsync("first ");
            await context.Response.Body.FlushAsync();
            await go.Task;
            await context.Response.WriteAsync("last");
        });
        await using var gateway = await StartAsync(upstream.Port, 0, 2);
        using var answer = await gateway.GetAsync();
        await using var body = await answer.Content.ReadAsStreamAsync();
        await body.ReadExactlyAsync(new byte[6]);
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{gateway.Http.Port}/"), CancellationToken.None).WaitAsync(Eventually.Deadline);

        await using var next = await StartAsync(upstream.Port, gateway.Http.Port, 2);
        await gateway.HandedOver.WaitAsync(Eventually.Deadline);
        var stopping = gateway.StopAsync(CancellationToken.None);
        var message = await socket.ReceiveAsync(new byte[100], CancellationToken.None).WaitAsync(Eventually.Deadline);
        Assert.Equal(WebSocketMessageType.Close, message.MessageType);
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, socket.CloseStatus);
        Assert.False(stopping.IsCompleted);
        go.SetResult();
        Assert.Equal("last", await new StreamReader(body).ReadToEndAsync());
        socket.Abort();
        await stopping.WaitAsync(Eventually.Deadline);
    }

    [Fact]
    public async Task Ports_for_HTTP2_and_TLS_go_along()
    {
        using var authority = new TestAuthority();
        await using var upstream = Serving();
        await using var gateway = await StartAllAsync(0, 0, 0);
        await using var next = await StartAllAsync(gateway.Http.Port, gateway.Http2.Port, gateway.Https.Port);
        await gateway.HandedOver.WaitAsync(Eventually.Deadline);
        await gateway.StopAsync(CancellationToken.None).WaitAsync(Eventually.Deadline);

        using var client = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false, SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true } });
        foreach (var port in new[] { gateway.Http2, gateway.Https })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, port) { Version = System.Net.HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            using var answer = await client.SendAsync(request, CancellationToken.None);
            Assert.Equal("ok", await answer.Content.ReadAsStringAsync());
        }

        async Task<RunningGateway> StartAllAsync(int http, int http2, int https)
        {
            var started = await RunningGateway.ToAsync([upstream.Port], options =>
            {
                Set(options, http, 2);
                options.Http2 = new ListenAddress("127.0.0.1", http2);
                options.Https = new ListenAddress("127.0.0.1", https);
            });
            started.Certificates.Replace([Declared.Certificate("shop", authority.Issue(["shop.example"]), byDefault: true)]);
            return started;
        }
    }

    [Fact]
    public async Task Successor_without_its_tables_leaves_the_clients_to_the_running_gateway()
    {
        await using var upstream = Serving();
        await using var gateway = await StartAsync(upstream.Port, 0, 2);
        await using var next = await RunningGateway.StartAsync(options => Set(options, gateway.Http.Port, 2));
        for (var i = 0; i < 50; i++)
        {
            await AskAsync(gateway.Http.Port);
        }

        Assert.False(gateway.HandedOver.IsCompleted);
        next.Instances(Entries.Instance("app", "app-1", upstream.Port));
        next.Routes.Replace([Entries.Route("app")]);
        await gateway.HandedOver.WaitAsync(Eventually.Deadline);
        await AskAsync(gateway.Http.Port);
    }

    [Fact]
    public async Task Other_address_is_opened_and_the_running_gateway_goes_on()
    {
        await using var upstream = Serving();
        await using var gateway = await StartAsync(upstream.Port, 0, 2);
        await using var other = await StartAsync(upstream.Port, 0, 2);

        Assert.NotEqual(gateway.Http.Port, other.Http.Port);
        await AskAsync(gateway.Http.Port);
        await AskAsync(other.Http.Port);
        Assert.False(gateway.HandedOver.IsCompleted);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n")]
    [InlineData("banyan listeners 1\n127.0.0.1:1\n\n")]
    [InlineData("banyan listeners 1\n\n")]
    public async Task Peer_that_gives_nothing_usable_does_not_keep_the_gateway_from_starting(string? words)
    {
        await using var upstream = Serving();
        using var peer = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        peer.Bind(new UnixDomainSocketEndPoint(Path));
        peer.Listen();
        var accepted = new List<Socket>();
        var serving = Task.Run(async () =>
        {
            var channel = await peer.AcceptAsync();
            accepted.Add(channel);
            if (words is not null)
            {
                await channel.SendAsync(Encoding.ASCII.GetBytes(words));
            }
        });

        await using var gateway = await StartAsync(upstream.Port, 0, 2);
        await serving;

        await AskAsync(gateway.Http.Port);
        accepted.ForEach(a => a.Dispose());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("banyan taken 1\n")]
    [InlineData("thanks\n\n")]
    public async Task Successor_that_gives_up_leaves_the_gateway_serving(string? words)
    {
        await using var upstream = Serving();
        await using var gateway = await StartAsync(upstream.Port, 0, 2);
        using (var channel = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            await channel.ConnectAsync(new UnixDomainSocketEndPoint(Path));
            await channel.SendAsync(HandoverMessage.Write(HandoverMessage.Ask, []));
            Assert.True(channel.Poll(Eventually.Deadline, SelectMode.SelectRead));
            var descriptors = new int[10];
            var bytes = new byte[1000];
            var (count, length) = DescriptorChannel.Receive(channel, descriptors, bytes);
            Assert.Equal(2, count);
            Assert.Equal($"banyan listeners 1\n127.0.0.1:{gateway.Http.Port}\n127.0.0.1:{gateway.Http.Port}\n\n", Encoding.ASCII.GetString(bytes, 0, length));
            await AskAsync(gateway.Http.Port);
            Array.ForEach(descriptors[..count], d => new SafeFileHandle(d, ownsHandle: true).Dispose());
            if (words is not null)
            {
                await channel.SendAsync(Encoding.ASCII.GetBytes(words));
            }
        }

        await AskAsync(gateway.Http.Port);
        Assert.False(gateway.HandedOver.IsCompleted);
        await using var next = await StartAsync(upstream.Port, gateway.Http.Port, 2);
        await gateway.HandedOver.WaitAsync(Eventually.Deadline);
        await AskAsync(next.Http.Port);
    }

    [Fact]
    public async Task Socket_is_for_this_user_alone_and_goes_with_the_gateway()
    {
        var gateway = await StartAsync(1, 0, 1);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
        Assert.Equal([Path], Directory.GetFileSystemEntries(_directory.Path));
        await gateway.DisposeAsync();
        Assert.Empty(Directory.GetFileSystemEntries(_directory.Path));
    }

    [Fact]
    public async Task File_at_the_path_is_not_replaced()
    {
        await File.WriteAllTextAsync(Path, "mine");
        var error = await Assert.ThrowsAsync<HostStartException>(() => StartAsync(1, 0, 1));

        Assert.Equal(
            $"The hand-over socket '{Path}' cannot be made: a file is there that is not a socket. Set gateway.handover to a path in a directory this user may write to.",
            error.Message);
        Assert.Equal("mine", await File.ReadAllTextAsync(Path));
    }

    public void Dispose() => _directory.Dispose();

    private static async Task AskAsync(int port)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(System.Net.IPAddress.Loopback, port);
        await using var client = new RawConnection(socket);
        await client.SendAsync(Get);
        Assert.Equal("HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok", await client.ReadToEndAsync());
    }

    private static ScriptedUpstream Serving() => ScriptedUpstream.Run(async (me, connection) =>
    {
        while (true)
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 2\r\n\r\nok");
        }
    });

    private Task<RunningGateway> StartAsync(int upstream, int port, int loops) => RunningGateway.ToAsync([upstream], options => Set(options, port, loops));

    private void Set(GatewayOptions options, int port, int loops)
    {
        options.Transport = GatewayTransport.Loops;
        options.Loops = loops;
        options.Http = new ListenAddress("127.0.0.1", port);
        options.Handover = Path;
        options.AccessLog = AccessLogMode.Off;

        // A client may be held up between its connecting and its asking.
        options.FirstRequestTime = Eventually.Deadline;
    }
}
