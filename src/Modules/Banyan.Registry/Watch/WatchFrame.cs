using System.Text.Json;
using Banyan.Contracts.Registry.V1;
using Google.Protobuf;

namespace Banyan.Registry.Watch;

/// <summary>One message to subscribers. Its bytes are made at most once, whoever asks first, and shared by all who are at the same point.</summary>
internal sealed class WatchFrame(WatchResponse response, long after)
{
    private byte[]? _wire;
    private byte[]? _json;

    /// <summary>The message; never changed.</summary>
    public WatchResponse Response { get; } = response;

    /// <summary>Fits a subscriber that has seen everything up to this version; 0 = one that has seen nothing.</summary>
    public long After { get; } = after;

    public long Version => Response.VersionNumber;

    public bool IsEmpty => !Response.Reset && Response.Changed.Count == 0 && Response.Removed.Count == 0;

    // Two threads may both make them; both results are the same bytes.
    public ReadOnlyMemory<byte> Wire => _wire ??= Response.ToByteArray();

    public ReadOnlyMemory<byte> Json => _json ??= Endpoints.InstanceJson.Write(Response);
}
