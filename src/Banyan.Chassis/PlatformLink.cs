using Banyan.Client.Registry;
using Banyan.Contracts.Registry;
using Banyan.Grpc;

namespace Banyan.Chassis;

/// <summary>The way to Banyan: one channel, with the service's credential on every call.</summary>
internal sealed class PlatformLink : IAsyncDisposable
{
    private readonly GrpcChannel _channel;
    private readonly string? _tokenFile;
    private volatile ReadToken? _token;

    public PlatformLink(ChassisOptions options)
    {
        _tokenFile = options.TokenFile;
        _channel = new GrpcChannel(options.Grpc!, new GrpcChannelOptions
        {
            MaxReceiveMessageSize = RemoteInstanceDirectory.MaxMessageSize,
            ConnectTimeout = TimeSpan.FromSeconds(2),
            KeepAlivePingDelay = TimeSpan.FromSeconds(10),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(5),
            MetadataProvider = _ => ValueTask.FromResult(Credential()),
        });
        Directory = new RemoteInstanceDirectory(_channel);
        Registrar = new RemoteInstanceRegistrar(_channel);
    }

    public IInstanceDirectory Directory { get; }

    public IInstanceRegistrar Registrar { get; }

    public ValueTask DisposeAsync() => _channel.DisposeAsync();

    // Credentials are rotated by replacing the file, so its time is looked at on every call; the content only when that changed.
    private GrpcMetadata? Credential()
    {
        if (_tokenFile is null)
        {
            return null;
        }

        var known = _token;
        try
        {
            var written = File.GetLastWriteTimeUtc(_tokenFile);
            if (known is null || known.Written != written)
            {
                _token = known = new ReadToken(written, File.ReadAllText(_tokenFile).Trim());
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The file is being replaced: what was read before is still the best there is. Without one, Banyan says what is missing.
        }

        if (known is null)
        {
            return null;
        }

        var metadata = new GrpcMetadata();
        metadata.Add("authorization", $"Bearer {known.Token}");
        return metadata;
    }

    private sealed record ReadToken(DateTime Written, string Token);
}
