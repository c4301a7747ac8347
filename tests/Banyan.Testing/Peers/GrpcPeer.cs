using System.Globalization;

namespace Banyan.Testing.Peers;

/// <summary>The programs of tests/interop: gRPC in other languages, as client and as server.</summary>
public sealed class GrpcPeer : IAsyncDisposable
{
    private readonly TempDirectory _generated = new();

    private GrpcPeer(string language, params string[] arguments)
    {
        var (program, script) = language switch
        {
            "js" => (Needs.Require("grpc-js"), "tests/interop/node/peer.js"),
            "python" => (Needs.Require("python3-grpc"), "tests/interop/python/peer.py"),
            _ => throw new ArgumentException($"No peer in '{language}'.", nameof(language)),
        };
        Process = TestProcess.Start(
            program, [Path.Combine(Repository.Root, script), .. arguments], new Dictionary<string, string?> { ["PEER_GENERATED"] = _generated.Path });
    }

    /// <summary>The program, with its output.</summary>
    public TestProcess Process { get; }

    /// <summary>Runs all scenarios of a client against a server of ours and returns what came out, by name.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> CallAsync(string language, int port)
    {
        await using var peer = new GrpcPeer(language, "call", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"));
        return await PeerWords.OutcomesAsync(peer.Process);
    }

    /// <summary>Starts the language's echo server.</summary>
    public static async Task<(GrpcPeer Peer, Uri Address)> ServeAsync(string language)
    {
        var peer = new GrpcPeer(language, "serve");
        return (peer, new UriBuilder("http", "127.0.0.1", await PeerWords.PortAsync(peer.Process)).Uri);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _generated.Dispose();
    }
}
