using Banyan.Grpc;

namespace Banyan.Store.Remote;

/// <summary>All commits of one client on one stream of <c>banyan.store.v1.Store/Commits</c>; opened with the first and again after it was lost.</summary>
internal sealed class RemoteCommits(GrpcChannel channel) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private CommitStream? _stream;
    private bool _disposed;

    public Task<CommitResult> CommitAsync(StoreTransaction transaction)
    {
        while (true)
        {
            var stream = _stream;
            if (stream?.TryCommit(transaction) is { } commit)
            {
                return commit;
            }

            lock (_lock)
            {
                if (_disposed)
                {
                    throw new StoreException(StoreError.Unavailable, $"The connection to the store at {channel.Address} has been closed by this process.");
                }

                if (!ReferenceEquals(stream, _stream))
                {
                    continue;
                }

                _stream = new CommitStream(channel);
            }

            // The lost one has told its commits so already; what is left of the call is given back.
            _ = stream?.DisposeAsync().AsTask();
        }
    }

    public async ValueTask DisposeAsync()
    {
        CommitStream? stream;
        lock (_lock)
        {
            (_disposed, stream) = (true, _stream);
        }

        if (stream is not null)
        {
            await stream.DisposeAsync();
        }
    }
}
