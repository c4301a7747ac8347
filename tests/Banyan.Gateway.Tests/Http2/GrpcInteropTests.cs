using Banyan.Gateway.Tests.Support;
using Banyan.Testing;
using Banyan.Testing.Peers;

namespace Banyan.Gateway.Tests.Http2;

/// <summary>gRPC's clients and servers that others wrote, with the gateway between them on its event loops: every kind of call ends as without it.</summary>
public abstract class GrpcInteropTests(GatewayTransport transport)
{
    [NeedsTheory("grpc-js", "python3-grpc")]
    [InlineData("js", "js")]
    [InlineData("js", "python")]
    [InlineData("python", "js")]
    [InlineData("python", "python")]
    public async Task Calls_throughTheGateway_haveEveryOutcomeRight(string client, string server)
    {
        var (peer, address) = await GrpcPeer.ServeAsync(server);
        await using var process = peer;
        await using var gateway = await RunningGateway.ToAsync(
            [address.Port],
            options =>
            {
                options.Transport = transport;
                options.Loops = 2;
                options.Http2 = new Hosting.ListenAddress("127.0.0.1", 0);
            },
            scheme: "grpc");
        var direct = await GrpcPeer.CallAsync(client, address.Port);
        var through = await GrpcPeer.CallAsync(client, gateway.Http2.Port);

        Assert.Equal("häl", through["say"]);
        Assert.Equal("a,b,c 3", through["collect"]);
        foreach (var (name, outcome) in direct)
        {
            Assert.True(Told(outcome) == Told(through[name]), $"{name}: '{outcome}' without the gateway, '{through[name]}' through it");
        }

        // Once for each of the two runs.
        await Eventually.True(() => peer.Process.Output.Split("cancelled Hang").Length == 3, "the server to see the cancelled calls");
    }

    // What a library adds for its own people has ports and times in it.
    private static string Told(string outcome) => outcome.Split("debug_error_string")[0];

    public sealed class OnLoops() : GrpcInteropTests(GatewayTransport.Loops);

    public sealed class OnFramework() : GrpcInteropTests(GatewayTransport.Framework);
}
