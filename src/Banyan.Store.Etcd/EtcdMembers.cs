using Banyan.Grpc;
using Google.Protobuf;

namespace Banyan.Store.Etcd;

/// <summary>
/// The members of the cluster. One is used until it fails, then the next. A read looks for a member that answers until patience ends; a write does so only while
/// nothing can have been sent, because etcd has no way to recognise a request it has seen.
/// </summary>
internal sealed class EtcdMembers : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly (Uri Address, GrpcChannel Channel)[] _members;
    private readonly TimeSpan _patience;
    private readonly TimeProvider _clock;
    private int _current;

    public EtcdMembers(EtcdStoreOptions options, GrpcChannelOptions channels, TimeProvider clock)
    {
        if (options.Endpoints.Count == 0)
        {
            throw new ArgumentException("An etcd store needs at least one endpoint. Set store.etcd.endpoints.", nameof(options));
        }

        _members = [.. options.Endpoints.Select(address => (address, new GrpcChannel(address, channels)))];
        _patience = options.Patience;
        _clock = clock;
    }

    public (Uri Address, GrpcChannel Channel) Current => _members[Volatile.Read(ref _current)];

    /// <summary>Leaves a member that failed, unless somebody else already has.</summary>
    public void Leave(Uri failed)
    {
        var current = Volatile.Read(ref _current);
        if (_members[current].Address == failed)
        {
            Interlocked.CompareExchange(ref _current, (current + 1) % _members.Length, current);
        }
    }

    public async ValueTask<TResponse> CallAsync<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, TRequest request, bool write, CancellationToken cancellation)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        var start = _clock.GetTimestamp();
        while (true)
        {
            var (address, channel) = Current;
            try
            {
                return await channel.UnaryAsync(method, request, new GrpcCallOptions { Timeout = _patience }, cancellation);
            }
            catch (GrpcException failure)
            {
                cancellation.ThrowIfCancellationRequested();
                if (!EtcdFailures.IsAway(failure))
                {
                    throw EtcdFailures.FromEtcd(failure);
                }

                Leave(address);
                var unsent = EtcdFailures.NothingSent(failure);
                if ((write && !unsent) || _clock.GetElapsedTime(start) > _patience)
                {
                    throw EtcdFailures.Away(address, failure, maybeDone: write && !unsent);
                }
            }

            await Task.Delay(Pause, _clock, cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, channel) in _members)
        {
            await channel.DisposeAsync();
        }
    }
}
