using Banyan.Test.V1;
using Banyan.Testing;
using Banyan.Testing.Echo;
using Google.Protobuf;

namespace Banyan.Grpc.Tests;

public sealed class CallTests
{
    [Fact]
    public async Task Unary_answers_with_the_message()
    {
        await using var server = await EchoServer.StartAsync();
        await using var channel = server.Connect();

        var response = await channel.UnaryAsync(EchoMethods.Say, new EchoRequest { Text = "häl", Payload = ByteString.CopyFrom(1, 2, 3) });

        Assert.Equal(new EchoResponse { Text = "häl", Payload = ByteString.CopyFrom(1, 2, 3) }, response);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5_000)]
    [InlineData(70_000)]
    [InlineData((4 * 1024 * 1024) - 64)]
    public async Task Unary_carries_any_size_up_to_the_limit(int size)
    {
        await using var server = await EchoServer.StartAsync();
        await using var channel = server.Connect();
        var payload = new byte[size];
        new Random(size).NextBytes(payload);

        var response = await channel.UnaryAsync(EchoMethods.Say, new EchoRequest { Payload = ByteString.CopyFrom(payload) });

        Assert.Equal(payload, response.Payload.ToByteArray());
    }

    [Fact]
    public async Task ServerStreaming_gives_all_responses_in_order()
    {
        await using var server = await EchoServer.StartAsync();
        await using var channel = server.Connect();
        var metadata = new GrpcResponseMetadata();

        var indexes = new List<int>();
        await foreach (var response in channel.ServerStreamingAsync(EchoMethods.Repeat, new EchoRequest { Times = 1000 }, new GrpcCallOptions { Response = metadata }))
        {
            indexes.Add(response.Index);
        }

        Assert.Equal(Enumerable.Range(0, 1000), indexes);
        Assert.Equal("repeat", metadata.Trailers.GetValue("x-kind"));
    }

    [Fact]
    public async Task ClientStreaming_sends_all_requests()
    {
        await using var server = await EchoServer.StartAsync();
        await using var channel = server.Connect();

        await using var call = channel.ClientStreaming(EchoMethods.Collect);
        for (var i = 0; i < 100; i++)
        {
            await call.Requests.WriteAsync(new EchoRequest { Text = $"{i}" });
        }

        var response = await call.CompleteAsync();

        Assert.Equal(string.Join(",", Enumerable.Range(0, 100)), response.Text);
    }

    [Fact]
    public async Task Duplex_answers_each_request_before_the_next()
    {
        await using var server = await EchoServer.StartAsync();
        await using var channel = server.Connect();

        await using var call = channel.Duplex(EchoMethods.Chat);
        for (var i = 0; i < 100; i++)
        {
            await call.Requests.WriteAsync(new EchoRequest { Text = $"{i}" });
            var response = await call.Responses.ReadAsync();
            Assert.Equal($"{i}", response?.Text);
        }

        await call.CompleteRequestsAsync();
        Assert.Null(await call.Responses.ReadAsync());
    }

    [Fact]
    public async Task Unary_fails_with_the_status_the_handler_gave()
    {
        await using var server = await EchoServer.StartAsync();
        await using var channel = server.Connect();

        var error = await Assert.ThrowsAsync<GrpcException>(() => channel.UnaryAsync(EchoMethods.Fail, new EchoRequest { Code = 9, Text = "näh: 100%\n" }));

        Assert.Equal(StatusCode.FailedPrecondition, error.StatusCode);
        Assert.Equal("näh: 100%\n", error.Status.Detail);
        Assert.Equal("asked", error.Trailers.GetValue("x-why"));
    }

    [Fact]
    public async Task Unary_past_its_deadline_fails_on_both_sides()
    {
        var clock = new ManualClock();
        await using var server = await EchoServer.StartAsync(o => o.Clock = clock);
        await using var channel = server.Connect(new GrpcChannelOptions { Clock = clock });

        var call = channel.UnaryAsync(EchoMethods.Hang, new EchoRequest(), new GrpcCallOptions { Timeout = TimeSpan.FromMinutes(1) });
        await Eventually.True(() => server.Echo.Started == 1, "the handler to start");
        clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(StatusCode.DeadlineExceeded, (await Assert.ThrowsAsync<GrpcException>(() => call)).StatusCode);
        await Eventually.True(() => server.Echo.Cancelled.Contains("Hang"), "the server's handler to be cancelled");
    }
}
