using Banyan.Test.V1;
using Banyan.Testing;
using Banyan.Testing.Echo;

namespace Banyan.Grpc.Tests;

/// <summary>What a client makes of servers that refuse, break off or talk nonsense.</summary>
public sealed class TransportTests
{
    private static readonly (string, string)[] Start = [(":status", "200"), ("content-type", "application/grpc")];
    private static readonly byte[] EmptyMessage = [0, 0, 0, 0, 0];

    [Fact]
    public async Task Refused_stream_is_sent_again_and_succeeds()
    {
        await using var server = new FakeHttp2Server((connection, call) => call == 0 ? connection.ResetAsync(7) : AnswerAsync(connection));
        await using var channel = new GrpcChannel(server.Address);

        await channel.UnaryAsync(EchoMethods.Say, new EchoRequest());

        Assert.Equal(2, server.Calls);
    }

    [Fact]
    public async Task Goaway_before_the_stream_was_seen_sends_the_call_on_a_new_connection()
    {
        await using var server = new FakeHttp2Server((connection, call) => call == 0 ? connection.GoAwayAsync(0, 0) : AnswerAsync(connection));
        await using var channel = new GrpcChannel(server.Address);

        await channel.UnaryAsync(EchoMethods.Say, new EchoRequest());

        Assert.Equal(2, server.Calls);
    }

    [Theory]
    [InlineData(8, StatusCode.Cancelled)]
    [InlineData(2, StatusCode.Internal)]
    [InlineData(11, StatusCode.ResourceExhausted)]
    [InlineData(12, StatusCode.PermissionDenied)]
    public async Task Reset_stream_has_the_status_of_its_error_and_is_not_sent_again(int http2Error, StatusCode expected)
    {
        await using var server = new FakeHttp2Server((connection, _) => connection.ResetAsync(http2Error));

        Assert.Equal(expected, await FailureAsync(server));
        Assert.Equal(1, server.Calls);
    }

    [Fact]
    public async Task Connection_lost_before_the_answer_is_unavailable()
    {
        await using var server = new FakeHttp2Server((connection, _) =>
        {
            connection.Close();
            return Task.CompletedTask;
        });

        Assert.Equal(StatusCode.Unavailable, await FailureAsync(server));
    }

    [Fact]
    public async Task Connection_lost_within_a_message_is_unavailable()
    {
        await using var server = new FakeHttp2Server(async (connection, _) =>
        {
            await connection.HeadersAsync(end: false, Start);
            await connection.DataAsync([0, 0, 0, 0, 9, 1]);
            connection.Close();
        });

        Assert.Equal(StatusCode.Unavailable, await FailureAsync(server));
    }

    [Fact]
    public async Task Nobody_listening_is_unavailable()
    {
        await using var channel = new GrpcChannel(new Uri($"http://127.0.0.1:{FreePort.Next()}"));

        var error = await Assert.ThrowsAsync<GrpcException>(() => channel.UnaryAsync(EchoMethods.Say, new EchoRequest()));

        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.Contains(channel.Address.ToString(), error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("400", StatusCode.Internal)]
    [InlineData("401", StatusCode.Unauthenticated)]
    [InlineData("403", StatusCode.PermissionDenied)]
    [InlineData("404", StatusCode.Unimplemented)]
    [InlineData("429", StatusCode.Unavailable)]
    [InlineData("503", StatusCode.Unavailable)]
    [InlineData("500", StatusCode.Unknown)]
    [InlineData("200", StatusCode.Unknown)]
    public async Task Answer_that_is_no_grpc_has_the_status_of_its_http_code(string http, StatusCode expected)
    {
        await using var server = new FakeHttp2Server((connection, _) => connection.HeadersAsync(end: true, (":status", http), ("content-type", "text/html")));

        Assert.Equal(expected, await FailureAsync(server));
    }

    [Theory]
    [InlineData("5", StatusCode.NotFound)]
    [InlineData("99", StatusCode.Unknown)]
    [InlineData("many", StatusCode.Unknown)]
    public async Task Trailers_only_answer_gives_its_status(string status, StatusCode expected)
    {
        await using var server = new FakeHttp2Server((connection, _) => connection.HeadersAsync(end: true, [.. Start, ("grpc-status", status)]));

        Assert.Equal(expected, await FailureAsync(server));
    }

    [Fact]
    public async Task Answer_without_a_status_is_internal()
    {
        await using var server = new FakeHttp2Server(async (connection, _) =>
        {
            await connection.HeadersAsync(end: false, Start);
            await connection.DataAsync(EmptyMessage, end: true);
        });

        Assert.Equal(StatusCode.Internal, await FailureAsync(server));
    }

    [Fact]
    public async Task Answer_with_ok_and_no_message_is_unimplemented()
    {
        await using var server = new FakeHttp2Server((connection, _) => connection.HeadersAsync(end: true, [.. Start, ("grpc-status", "0")]));

        Assert.Equal(StatusCode.Unimplemented, await FailureAsync(server));
    }

    [Fact]
    public async Task Answer_larger_than_allowed_is_refused()
    {
        await using var server = new FakeHttp2Server(async (connection, _) =>
        {
            await connection.HeadersAsync(end: false, Start);
            await connection.DataAsync([0, 0x7f, 0, 0, 0, 1]);
        });

        Assert.Equal(StatusCode.ResourceExhausted, await FailureAsync(server));
    }

    [Fact]
    public async Task Answer_in_an_encoding_nobody_offered_is_internal()
    {
        await using var server = new FakeHttp2Server((connection, _) => connection.HeadersAsync(end: false, [.. Start, ("grpc-encoding", "br")]));

        Assert.Equal(StatusCode.Internal, await FailureAsync(server));
    }

    [Fact]
    public async Task Random_answers_end_in_a_status()
    {
        var random = new Random(4711);
        await using var server = new FakeHttp2Server(async (connection, _) =>
        {
            var bytes = new byte[random.Next(0, 40)];
            random.NextBytes(bytes);
            await connection.HeadersAsync(end: false, Start);
            await connection.DataAsync(bytes);
            await connection.HeadersAsync(end: true, ("grpc-status", "0"));
        });
        await using var channel = new GrpcChannel(server.Address);

        for (var round = 0; round < 200; round++)
        {
            await Assert.ThrowsAsync<GrpcException>(() => channel.UnaryAsync(EchoMethods.Say, new EchoRequest()).WaitAsync(Eventually.Deadline, TimeProvider.System));
        }
    }

    [Fact]
    public async Task Duplex_writer_learns_the_status_when_the_server_has_ended_the_call()
    {
        await using var server = new FakeHttp2Server((connection, _) => connection.HeadersAsync(end: true, [.. Start, ("grpc-status", "7")]));
        await using var channel = new GrpcChannel(server.Address);
        await using var call = channel.Duplex(EchoMethods.Chat);

        await Assert.ThrowsAsync<GrpcException>(async () => await call.Responses.ReadAsync());
        var error = await Assert.ThrowsAsync<GrpcException>(async () => await call.Requests.WriteAsync(new EchoRequest()));

        Assert.Equal(StatusCode.PermissionDenied, error.StatusCode);
    }

    private static async Task AnswerAsync(FakeHttp2Server.Connection connection)
    {
        await connection.HeadersAsync(end: false, Start);
        await connection.DataAsync(EmptyMessage);
        await connection.HeadersAsync(end: true, ("grpc-status", "0"));
    }

    private static async Task<StatusCode> FailureAsync(FakeHttp2Server server)
    {
        await using var channel = new GrpcChannel(server.Address);
        return (await Assert.ThrowsAsync<GrpcException>(() => channel.UnaryAsync(EchoMethods.Say, new EchoRequest()))).StatusCode;
    }
}
