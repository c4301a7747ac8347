using Banyan.Bench.Peers;

namespace Banyan.Bench.Gateways;

/// <summary>A gateway under measurement: its process and where it listens. What a contender does not offer is null.</summary>
/// <param name="Name">For the table.</param>
/// <param name="Process">Everything it uses is used by this process and its children.</param>
/// <param name="Http">Port for HTTP/1.1.</param>
internal sealed record Contender(string Name, PeerProcess Process, int Http) : IAsyncDisposable
{
    /// <summary>Port for HTTPS with HTTP/1.1.</summary>
    public int? Https { get; init; }

    /// <summary>Port for HTTP/2 with prior knowledge.</summary>
    public int? Http2 { get; init; }

    /// <summary>Port for the HTTP API of our server.</summary>
    public int? Api { get; init; }

    /// <summary>Port for the contracts of our server.</summary>
    public int? Grpc { get; init; }

    /// <summary>Path of a Unix socket that takes HTTP/1.1.</summary>
    public string? Unix { get; init; }

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
