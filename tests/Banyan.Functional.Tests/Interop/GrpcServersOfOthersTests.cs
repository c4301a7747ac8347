using Banyan.Contracts;
using Banyan.Grpc;
using Banyan.Grpc.Rpc;
using Banyan.Test.V1;
using Banyan.Testing;
using Banyan.Testing.Echo;
using Banyan.Testing.Peers;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Banyan.Functional.Tests.Interop;

/// <summary>Our client calls servers that others wrote.</summary>
public sealed class GrpcServersOfOthersTests
{
    [NeedsFact("grpc-js")]
    public Task GrpcJs_server_is_understood_in_everything() => RunAsync("js");

    [NeedsFact("python3-grpc")]
    public Task Python_server_is_understood_in_everything() => RunAsync("python");

    private static async Task RunAsync(string language)
    {
        var (peer, address) = await GrpcPeer.ServeAsync(language);
        await using var process = peer;
        await using var channel = new GrpcChannel(address, new GrpcChannelOptions { MaxReceiveMessageSize = 5 << 20 });
        await MessagesGoBothWays(channel);
        await StreamsGoBothWays(channel);
        await MetadataGoesBothWays(channel);
        await StatusesArrive(channel);
        await CompressionIsUnderstood(address);
        await CancelledCallsEndAtTheServer(channel, peer);
    }

    private static async Task MessagesGoBothWays(GrpcChannel channel)
    {
        var payload = new byte[(4 << 20) - 64];
        new Random(1).NextBytes(payload);

        var small = await channel.UnaryAsync(EchoMethods.Say, new EchoRequest { Text = "häl" });
        var big = await channel.UnaryAsync(EchoMethods.Say, new EchoRequest { Payload = ByteString.CopyFrom(payload) });

        Assert.Equal("häl", small.Text);
        Assert.Equal(payload, big.Payload.ToByteArray());
    }

    private static async Task StreamsGoBothWays(GrpcChannel channel)
    {
        var indexes = new List<int>();
        await foreach (var response in channel.ServerStreamingAsync(EchoMethods.Repeat, new EchoRequest { Times = 100 }))
        {
            indexes.Add(response.Index);
        }

        await using var upload = channel.ClientStreaming(EchoMethods.Collect);
        foreach (var text in new[] { "a", "b", "c" })
        {
            await upload.Requests.WriteAsync(new EchoRequest { Text = text });
        }

        var collected = await upload.CompleteAsync();

        await using var chat = channel.Duplex(EchoMethods.Chat);
        for (var i = 0; i < 20; i++)
        {
            await chat.Requests.WriteAsync(new EchoRequest { Text = $"{i}" });
            Assert.Equal($"{i}", (await chat.Responses.ReadAsync())?.Text);
        }

        await chat.CompleteRequestsAsync();
        Assert.Null(await chat.Responses.ReadAsync());
        Assert.Equal(Enumerable.Range(0, 100), indexes);
        Assert.Equal("a,b,c", collected.Text);
    }

    private static async Task MetadataGoesBothWays(GrpcChannel channel)
    {
        var response = new GrpcResponseMetadata();
        var metadata = new GrpcMetadata { { "x-text", "one" }, { "x-text", "two" }, { "x-raw-bin", [0, 255, 1] }, { "x-big", new string('m', 5000) } };

        await channel.UnaryAsync(EchoMethods.Say, new EchoRequest(), new GrpcCallOptions { Metadata = metadata, Response = response });

        foreach (var (received, suffix) in new[] { (response.Headers, string.Empty), (response.Trailers, "-trailer") })
        {
            Assert.Equal("one, two", string.Join(", ", received.GetValues("x-text" + suffix)));
            Assert.Equal([0, 255, 1], received.GetBytes($"x-raw{suffix}-bin"));
            Assert.Equal(5000, received.GetValue("x-big" + suffix)?.Length);
        }
    }

    private static async Task StatusesArrive(GrpcChannel channel)
    {
        for (var code = 1; code <= 16; code++)
        {
            var error = await Assert.ThrowsAsync<GrpcException>(() => channel.UnaryAsync(EchoMethods.Fail, new EchoRequest { Code = code, Text = "näh: 100%\n" }));
            Assert.Equal((StatusCode)code, error.StatusCode);
            Assert.Equal("näh: 100%\n", error.Status.Detail);
            Assert.Equal("asked", error.Trailers.GetValue("x-why"));
        }

        var details = new Status
        {
            Code = 5,
            Message = "gone",
            Details = { Any.Pack(new ErrorInfo { Reason = "store/gone", Domain = "banyan", Metadata = { ["kind"] = "NotFound" } }) },
        };
        var banyan = await Assert.ThrowsAsync<BanyanException>(
            () => channel.UnaryAsync(EchoMethods.Fail, new EchoRequest { Code = 5, Text = "gone", Payload = details.ToByteString() }));
        Assert.Equal(("store/gone", ErrorKind.NotFound, "gone"), (banyan.Error.Code, banyan.Error.Kind, banyan.Message));

        var missing = await Assert.ThrowsAsync<GrpcException>(() => channel.UnaryAsync(EchoMethods.Missing, new EchoRequest()));
        Assert.Equal(StatusCode.Unimplemented, missing.StatusCode);
    }

    private static async Task CompressionIsUnderstood(Uri address)
    {
        await using var channel = new GrpcChannel(address, new GrpcChannelOptions { CompressionThreshold = 100 });
        var response = new GrpcResponseMetadata();
        var text = new string('z', 100_000);

        var answer = await channel.UnaryAsync(EchoMethods.Say, new EchoRequest { Text = text }, new GrpcCallOptions { Response = response });

        Assert.Equal(text, answer.Text);
    }

    private static async Task CancelledCallsEndAtTheServer(GrpcChannel channel, GrpcPeer peer)
    {
        var count = 0;
        await foreach (var response in channel.ServerStreamingAsync(EchoMethods.Repeat, new EchoRequest { Times = 0 }))
        {
            if (++count == 5)
            {
                break;
            }
        }

        await peer.Process.WaitForOutputAsync("cancelled Repeat");

        // Long enough for a busy machine to bring the call to its handler: what never began cannot be cancelled.
        var late = await Assert.ThrowsAsync<GrpcException>(
            () => channel.UnaryAsync(EchoMethods.Hang, new EchoRequest(), new GrpcCallOptions { Timeout = TimeSpan.FromSeconds(3) }));
        Assert.Equal(StatusCode.DeadlineExceeded, late.StatusCode);
        await peer.Process.WaitForOutputAsync("cancelled Hang");
    }
}
