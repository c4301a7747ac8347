using System.Buffers.Binary;
using System.IO.Compression;
using System.Net;
using Banyan.Test.V1;
using Banyan.Testing.Echo;
using Google.Protobuf;

namespace Banyan.Grpc.Tests;

/// <summary>What a server does with requests that no proper client sends.</summary>
public sealed class ServerInputTests
{
    private const string Say = "/banyan.test.v1.Echo/Say";

    public static TheoryData<string, byte[], StatusCode> BrokenBodies => new()
    {
        { "no message", [], StatusCode.Unimplemented },
        { "two messages", [.. Frame(new EchoRequest()), .. Frame(new EchoRequest())], StatusCode.Unimplemented },
        { "half a header", [0, 0], StatusCode.Internal },
        { "half a message", Frame(new EchoRequest { Text = "abc" })[..^1], StatusCode.Internal },
        { "flag 2", [2, 0, 0, 0, 0], StatusCode.Internal },
        { "compressed without encoding", [1, 0, 0, 0, 0], StatusCode.Internal },
        { "no protobuf", [0, 0, 0, 0, 2, 0xff, 0xff], StatusCode.Internal },
        { "4 GiB announced", [0, 0xff, 0xff, 0xff, 0xff, 1], StatusCode.ResourceExhausted },
    };

    [Theory]
    [MemberData(nameof(BrokenBodies))]
    public async Task Server_answers_a_broken_body_with_a_status(string what, byte[] body, StatusCode expected)
    {
        await using var server = await EchoServer.StartAsync();
        using var raw = new RawCall();

        var answer = await raw.SendAsync(server.Address, Say, body);

        Assert.True(answer.Code == expected, $"{what}: {answer.Code}");
        Assert.Equal(0, server.Echo.Started);
    }

    [Theory]
    [InlineData("grpc-timeout", "5", StatusCode.Internal)]
    [InlineData("grpc-timeout", "123456789S", StatusCode.Internal)]
    [InlineData("grpc-timeout", "-1S", StatusCode.Internal)]
    [InlineData("grpc-timeout", "0n", StatusCode.DeadlineExceeded)]
    [InlineData("grpc-encoding", "br", StatusCode.Unimplemented)]
    public async Task Server_refuses_headers_it_cannot_follow(string name, string value, StatusCode expected)
    {
        await using var server = await EchoServer.StartAsync();
        using var raw = new RawCall();

        var answer = await raw.SendAsync(server.Address, Say, Frame(new EchoRequest()), (name, value));

        Assert.Equal(expected, answer.Code);
        Assert.Equal(0, server.Echo.Started);
    }

    [Fact]
    public async Task Server_names_its_encodings_when_it_does_not_know_one()
    {
        await using var server = await EchoServer.StartAsync();
        using var raw = new RawCall();

        var answer = await raw.SendAsync(server.Address, Say, Frame(new EchoRequest()), ("grpc-encoding", "br"));

        Assert.Equal("identity,gzip", answer.Headers["grpc-accept-encoding"]);
    }

    [Fact]
    public async Task Server_stops_unpacking_at_the_size_limit()
    {
        await using var server = await EchoServer.StartAsync();
        using var raw = new RawCall();
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(new byte[64 << 20]);
        }

        var answer = await raw.SendAsync(server.Address, Say, Frame(packed.ToArray(), 1), ("grpc-encoding", "gzip"));

        Assert.Equal(StatusCode.ResourceExhausted, answer.Code);
    }

    [Fact]
    public async Task Server_answers_other_content_as_http_does()
    {
        await using var server = await EchoServer.StartAsync();
        using var raw = new RawCall();

        var answer = await raw.SendAsync(server.Address, Say, [], ("content-type", "application/json"));

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.Http);
    }

    [Theory]
    [InlineData("/banyan.test.v1.Echo/Missing")]
    [InlineData("/banyan.test.v1.Echo/Nonsense")]
    [InlineData("/no.such.Service/Call")]
    public async Task Server_answers_unknown_methods_by_unimplemented_in_headers_only(string path)
    {
        await using var server = await EchoServer.StartAsync();
        using var raw = new RawCall();

        var answer = await raw.SendAsync(server.Address, path, Frame(new EchoRequest()));

        Assert.Equal(HttpStatusCode.OK, answer.Http);
        Assert.Equal("12", answer.Headers["grpc-status"]);
        Assert.Empty(answer.Trailers);
        Assert.Empty(answer.Body);
    }

    [Fact]
    public async Task Server_compresses_from_the_threshold_when_the_client_accepts_it()
    {
        await using var server = await EchoServer.StartAsync(o => o.CompressionThreshold = 1000);
        using var raw = new RawCall();
        var large = Frame(new EchoRequest { Text = new string('z', 2000) });

        var packed = await raw.SendAsync(server.Address, Say, large, ("grpc-accept-encoding", "identity, gzip"));
        var plain = await raw.SendAsync(server.Address, Say, large);
        var small = await raw.SendAsync(server.Address, Say, Frame(new EchoRequest { Text = "z" }), ("grpc-accept-encoding", "gzip"));

        Assert.Equal("gzip", packed.Headers["grpc-encoding"]);
        Assert.Equal(1, packed.Body[0]);
        Assert.True(packed.Body.Length < 200);
        Assert.False(plain.Headers.ContainsKey("grpc-encoding"));
        Assert.Equal(0, plain.Body[0]);
        Assert.Equal(0, small.Body[0]);
    }

    [Fact]
    public async Task Server_survives_random_bodies()
    {
        await using var server = await EchoServer.StartAsync();
        using var raw = new RawCall();
        var random = new Random(20300101);
        string[] paths = [Say, "/banyan.test.v1.Echo/Collect", "/banyan.test.v1.Echo/Chat"];

        for (var round = 0; round < 300; round++)
        {
            var body = new byte[random.Next(0, 64)];
            random.NextBytes(body);
            if (body.Length > 4 && round % 2 == 0)
            {
                body[0] = (byte)random.Next(0, 3);
                BinaryPrimitives.WriteInt32BigEndian(body.AsSpan(1), random.Next(0, 80));
            }

            var answer = await raw.SendAsync(server.Address, paths[round % 3], body, ("grpc-encoding", round % 5 == 0 ? "gzip" : "identity"));
            Assert.Contains(
                answer.Code,
                (StatusCode[])[StatusCode.OK, StatusCode.Internal, StatusCode.Unimplemented, StatusCode.ResourceExhausted, StatusCode.InvalidArgument]);
        }

        await using var channel = server.Connect();
        Assert.Equal("alive", (await channel.UnaryAsync(EchoMethods.Say, new EchoRequest { Text = "alive" })).Text);
        Assert.DoesNotContain(server.Log.Lines, l => l.Level >= Microsoft.Extensions.Logging.LogLevel.Error);
    }

    private static byte[] Frame(EchoRequest message) => Frame(message.ToByteArray(), 0);

    private static byte[] Frame(byte[] message, byte flag)
    {
        var frame = new byte[5 + message.Length];
        frame[0] = flag;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }
}
