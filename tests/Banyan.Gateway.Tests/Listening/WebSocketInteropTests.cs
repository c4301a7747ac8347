using Banyan.Gateway.Tests.Support;
using Banyan.Hosting;
using Banyan.Testing;
using Banyan.Testing.Peers;

namespace Banyan.Gateway.Tests.Listening;

/// <summary>A WebSocket client and a server that others wrote, with the gateway between them.</summary>
public abstract class WebSocketInteropTests(GatewayTransport transport) : TransportTests(transport), IDisposable
{
    // What the client says of each scenario, and the server of the same socket.
    private static readonly (string Scenario, string Outcome, string[] Served)[] Expected =
    [
        ("text", "text häl, text , 1000", ["closed 1000"]),
        ("binary", "40aff2e9d2d8922e47afd4648e6967497158785fbd1da870e7110266bf944880, 1000", ["closed 1000"]),
        ("frames", "pong between frames, 1048576 8323f8fe, ping between frames, 1048576 8323f8fe, text heard between frames, 1000", ["pinged between frames", "closed 1000 after many bytes"]),
        ("pings", "pong there?, ping here?, text heard here?, 1000", ["pinged there?", "closed 1000"]),
        ("closed1000", "1000", ["closed 1000"]),
        ("closed3000", "3000 enough für now", ["closed 3000 enough für now"]),
        ("closedPlainly", "1005", ["closed 1005"]),
        ("closes1000", "1000", ["closed 1000"]),
        ("closes3000", "3000 enough für now", ["closed 3000 enough für now"]),
        ("cut", "1006", ["closed 1006"]),
        ("cuts", "1006", ["closed 1006"]),
        ("deflate", "permessage-deflate, 1048576 3ac3338d, in few bytes, text häl, 1000", ["closed 1000"]),
        ("protocol", "banyan.v2, text one, 1000", ["closed 1000"]),
        ("noProtocol", "failed Server sent no subprotocol", ["closed 1006"]),
        ("refuse", "403 asked not you", []),
    ];

    private readonly TempDirectory _files = new();

    [NeedsTheory("ws")]
    [InlineData("ws")]
    [InlineData("wss")]
    public async Task Sockets_throughTheGateway_haveEveryOutcomeRight(string scheme)
    {
        var (server, port) = await WebSocketPeer.ServeAsync();
        await using var process = server;
        await using var gateway = await ToAsync(port);

        var outcomes = await WebSocketPeer.CallAsync(Address(gateway, scheme), _files["ca.pem"]);

        Assert.Equal(Expected.Select(e => (e.Scenario, e.Outcome)), outcomes.Select(o => (o.Key, o.Value)));
        foreach (var (scenario, _, served) in Expected)
        {
            await Eventually.True(() => Served(server, scenario).SequenceEqual(served), $"the server's side of '{scenario}'");
        }
    }

    [NeedsTheory("ws")]
    [InlineData("ws")]
    [InlineData("wss")]
    public async Task Gateway_thatStops_tellsBothSidesThatItGoesAway(string scheme)
    {
        var (server, port) = await WebSocketPeer.ServeAsync();
        await using var process = server;
        await using var gateway = await ToAsync(port);
        await using var client = await WebSocketPeer.HoldAsync(Address(gateway, scheme), _files["ca.pem"]);

        await gateway.StopAsync();

        Assert.Equal(0, await client.Process.WaitForExitAsync());
        Assert.Equal("text held\nopen.\nclosed 1001 The gateway stops\n", client.Process.Output);
        await Eventually.True(() => Served(server, "hold") is ["closed 1001 The gateway stops"], "the server to hear of it");
    }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _files.Dispose();
    }

    private async Task<RunningGateway> ToAsync(int port)
    {
        using var authority = new TestAuthority();
        await File.WriteAllTextAsync(_files["ca.pem"], authority.Root.ExportCertificatePem());
        var gateway = await ToAsync([port], options =>
        {
            options.Https = new ListenAddress("127.0.0.1", 0);
            // The sockets end before this; a gateway that cuts them itself fails the test by its time.
            options.DrainTimeout = Eventually.Deadline * 2;
        });
        gateway.Certificates.Replace([Declared.Certificate("shop", authority.Issue(["127.0.0.1"]), byDefault: true)]);
        return gateway;
    }

    private static string Address(RunningGateway gateway, string scheme) => $"{scheme}://127.0.0.1:{(scheme == "wss" ? gateway.Https : gateway.Http).Port}";

    private static string[] Served(WebSocketPeer server, string scenario) =>
        [.. server.Process.Output.Split('\n').Where(line => line.StartsWith(scenario + " ", StringComparison.Ordinal)).Select(line => line[(scenario.Length + 1)..])];

    public sealed class OnLoops() : WebSocketInteropTests(GatewayTransport.Loops);

    public sealed class OnFramework() : WebSocketInteropTests(GatewayTransport.Framework);
}
