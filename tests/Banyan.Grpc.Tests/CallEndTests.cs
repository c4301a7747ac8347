using Banyan.Contracts;
using Banyan.Test.V1;
using Banyan.Testing;
using Banyan.Testing.Echo;
using Microsoft.Extensions.Logging;

namespace Banyan.Grpc.Tests;

/// <summary>How calls end other than well: cancelled, late, failed, or with the server going away.</summary>
public sealed class CallEndTests
{
    [Fact]
    public async Task Unary_cancelled_by_its_caller_throws_that_and_stops_the_handler()
    {
        await using var server = await EchoServer.StartAsync();
        await using var channel = server.Connect();
        using var cancel = new CancellationTokenSource();

        var call = channel.UnaryAsync(EchoMethods.Hang, new EchoRequest(), cancellation: cancel.Token);
        await Eventually.True(() => server.Echo.Started == 1, "the handler to start");
        await cancel.CancelAsync();

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(cancel.Token, error.CancellationToken);
        await Eventually.True(() => server.Echo.Cancelled.Contains("Hang"), "the handler to be cancelled");
    }

    [Fact]
    public async Task ServerStreaming_left_early_stops_the_handler()
    {
        await using var server = await EchoServer.StartAsync();
        await using var channel = server.Connect();

        await foreach (var response in channel.ServerStreamingAsync(EchoMethods.Repeat, new EchoRequest()))
        {
            if (response.Index == 3)
            {
                break;
            }
        }

        await Eventually.True(() => server.Echo.Cancelled.Contains("Repeat"), "the handler to be cancelled");
    }

    [Fact]
    public async Task Duplex_disposed_early_stops_the_handler()
    {
        await using var server = await EchoServer.StartAsync();
        await using var channel = server.Connect();

        await using (var call = channel.Duplex(EchoMethods.Chat))
        {
            await call.Requests.WriteAsync(new EchoRequest());
            Assert.NotNull(await call.Responses.ReadAsync());
        }

        await Eventually.True(() => server.Echo.Cancelled.Contains("Chat"), "the handler to be cancelled");
    }

    [Fact]
    public async Task Deadline_in_the_past_fails_without_a_connection()
    {
        await using var channel = new GrpcChannel(new Uri($"http://127.0.0.1:{FreePort.Next()}"));

        var error = await Assert.ThrowsAsync<GrpcException>(
            () => channel.UnaryAsync(EchoMethods.Say, new EchoRequest(), new GrpcCallOptions { Deadline = TimeProvider.System.GetUtcNow().AddSeconds(-1) }));

        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
    }

    [Fact]
    public async Task Deadline_is_enforced_by_the_client_when_the_server_never_answers()
    {
        await using var server = new FakeHttp2Server((_, _) => Task.CompletedTask);
        var clock = new ManualClock();
        await using var channel = new GrpcChannel(server.Address, new GrpcChannelOptions { Clock = clock });

        var call = channel.UnaryAsync(EchoMethods.Say, new EchoRequest(), new GrpcCallOptions { Timeout = TimeSpan.FromHours(1) });
        await Eventually.True(() => server.Calls == 1, "the call to reach the server");
        clock.Advance(TimeSpan.FromMinutes(59));
        Assert.False(call.IsCompleted);
        clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(StatusCode.DeadlineExceeded, (await Assert.ThrowsAsync<GrpcException>(() => call)).StatusCode);
    }

    [Fact]
    public async Task Deadline_is_enforced_by_the_server_alone()
    {
        var clock = new ManualClock();
        await using var server = await EchoServer.StartAsync(o => o.Clock = clock);
        await using var channel = server.Connect();

        var call = channel.UnaryAsync(EchoMethods.Hang, new EchoRequest(), new GrpcCallOptions { Timeout = TimeSpan.FromHours(1) });
        await Eventually.True(() => server.Echo.Started == 1, "the handler to start");
        clock.Advance(TimeSpan.FromHours(1));

        var error = await Assert.ThrowsAsync<GrpcException>(() => call);
        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
        Assert.Equal("The call's deadline passed.", error.Status.Detail);
    }

    [Fact]
    public async Task BanyanException_arrives_as_it_was_thrown()
    {
        await using var server = await EchoServer.StartAsync();
        await using var channel = server.Connect();
        foreach (var kind in Enum.GetValues<ErrorKind>())
        {
            var code = new ErrorCode("registry/lease-expired", kind, "The lease is over");
            Fault[] faults = [new("/spec/ttl", "Use at least 5 s.", "out-of-range"), new(string.Empty, "ähem", "x")];
            server.Echo.Failure = _ => new BanyanException(code, "Instance 'cart-7' lost its lease. Register it again.") { Faults = faults };

            var error = await Assert.ThrowsAsync<BanyanException>(() => channel.UnaryAsync(EchoMethods.Fail, new EchoRequest()));

            Assert.Equal(code, error.Error);
            Assert.Equal("Instance 'cart-7' lost its lease. Register it again.", error.Message);
            Assert.Equal(faults, error.Faults);
        }
    }

    [Fact]
    public async Task BanyanException_with_thousands_of_faults_still_arrives()
    {
        await using var server = await EchoServer.StartAsync();
        await using var channel = server.Connect();
        server.Echo.Failure = _ => new BanyanException(new ErrorCode("api/invalid", ErrorKind.Invalid, "Wrong"), new string('m', 100_000))
        {
            Faults = [.. Enumerable.Range(0, 5000).Select(i => new Fault($"/spec/{i}", "wrong", "required"))],
        };

        var error = await Assert.ThrowsAsync<BanyanException>(() => channel.UnaryAsync(EchoMethods.Fail, new EchoRequest()));

        Assert.Equal("api/invalid", error.Error.Code);
        Assert.InRange(error.Faults.Count, 20, 4999);
        Assert.Equal("/spec/0", error.Faults[0].Pointer);
    }

    [Fact]
    public async Task Unknown_exception_shows_nothing_of_itself_and_is_logged()
    {
        await using var server = await EchoServer.StartAsync();
        await using var channel = server.Connect();
        server.Echo.Failure = _ => new InvalidOperationException("password=hunter2");

        var error = await Assert.ThrowsAsync<GrpcException>(() => channel.UnaryAsync(EchoMethods.Fail, new EchoRequest()));

        Assert.Equal(StatusCode.Unknown, error.StatusCode);
        Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
        var line = Assert.Single(server.Log.Lines, l => l.Level == LogLevel.Error);
        Assert.Equal("password=hunter2", line.Error?.Message);
        Assert.Contains("Fail", line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_that_answers_before_the_last_request_ends_the_call()
    {
        await using var server = await EchoServer.StartAsync();
        await using var channel = server.Connect();
        await using var call = channel.ClientStreaming(EchoMethods.Collect);

        await call.Requests.WriteAsync(new EchoRequest { Code = (int)StatusCode.PermissionDenied, Text = "no more" });
        var error = await Assert.ThrowsAsync<GrpcException>(call.ResponseAsync);

        Assert.Equal(StatusCode.PermissionDenied, error.StatusCode);
    }

    [Fact]
    public async Task ClientStreaming_write_that_fails_says_why_the_server_ended_the_call()
    {
        await using var server = await EchoServer.StartAsync();
        await using var channel = server.Connect();
        await using var call = channel.ClientStreaming(EchoMethods.Collect);

        var error = await Assert.ThrowsAsync<GrpcException>(async () =>
        {
            while (true)
            {
                await call.Requests.WriteAsync(new EchoRequest { Code = (int)StatusCode.PermissionDenied, Text = "no more" });
            }
        });

        Assert.Equal((StatusCode.PermissionDenied, "no more"), (error.StatusCode, error.Status.Detail));
    }

    [Fact]
    public async Task Stop_lets_open_calls_end_and_new_calls_go_elsewhere()
    {
        await using var first = await EchoServer.StartAsync();
        await using var second = await EchoServer.StartAsync();
        var port = first.Port;
        await using var channel = first.Connect(new GrpcChannelOptions
        {
            // The address stays, the server behind it changes: as behind a service name.
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
                await socket.ConnectAsync(System.Net.IPAddress.Loopback, Volatile.Read(ref port), cancellation);
                return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
            },
        });
        var gate = first.Echo.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var open = channel.UnaryAsync(EchoMethods.Say, new EchoRequest { Text = "open" });
        await Eventually.True(() => first.Echo.Started == 1, "the call to be open");

        Volatile.Write(ref port, second.Port);
        var stopping = first.StopAsync();
        await Eventually.True(
            async () => (await channel.UnaryAsync(EchoMethods.Say, new EchoRequest { Text = "new" }, new GrpcCallOptions { Timeout = TimeSpan.FromSeconds(5) })
                .ContinueWith(t => t.IsCompletedSuccessfully, TaskScheduler.Default)) && second.Echo.Started > 0,
            "a new call to reach the second server");
        Assert.False(open.IsCompleted);
        gate.SetResult();

        Assert.Equal("open", (await open).Text);
        await stopping;
    }
}
