namespace Banyan.Testing.Peers;

/// <summary>The client and the server of WebSocket in tests/interop/node, by the package <c>ws</c>.</summary>
public sealed class WebSocketPeer : IAsyncDisposable
{
    private WebSocketPeer(string? authorities, params string[] arguments) =>
        Process = TestProcess.Start(
            Needs.Require("ws"),
            [Path.Combine(Repository.Root, "tests/interop/node/websocket.js"), .. arguments],
            new Dictionary<string, string?> { ["PEER_CA"] = authorities });

    /// <summary>The program, with its output.</summary>
    public TestProcess Process { get; }

    /// <summary>Runs all scenarios of the client against an address and returns what came out, by name.</summary>
    /// <param name="address">A <c>ws://</c> or <c>wss://</c> address without a path.</param>
    /// <param name="authorities">A PEM file of the authorities the client trusts; null = those of the program.</param>
    public static async Task<IReadOnlyDictionary<string, string>> CallAsync(string address, string? authorities = null)
    {
        await using var peer = new WebSocketPeer(authorities, "call", address);
        return await PeerWords.OutcomesAsync(peer.Process);
    }

    /// <summary>Starts the echo server; returns it and its port on 127.0.0.1.</summary>
    public static async Task<(WebSocketPeer Peer, int Port)> ServeAsync()
    {
        var peer = new WebSocketPeer(null, "serve");
        return (peer, await PeerWords.PortAsync(peer.Process));
    }

    /// <summary>Starts a client that holds one socket open, and waits until it is; the client ends with the socket and writes how it ended.</summary>
    /// <inheritdoc cref="CallAsync"/>
    public static async Task<WebSocketPeer> HoldAsync(string address, string? authorities = null)
    {
        var peer = new WebSocketPeer(authorities, "hold", address);
        await peer.Process.WaitForOutputAsync("open.\n");
        return peer;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
