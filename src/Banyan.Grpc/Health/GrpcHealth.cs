using System.Collections.Immutable;

namespace Banyan.Grpc;

/// <summary>
/// The health of a server's services, as <c>grpc.health.v1.Health</c> tells it to others. One a host, from its service provider. The empty name stands for the
/// server as a whole and is serving from the start. Safe for concurrent use.
/// </summary>
public sealed class GrpcHealth
{
    private readonly Lock _lock = new();
    private State _state = new(ImmutableSortedDictionary.Create<string, GrpcHealthStatus>(StringComparer.Ordinal).Add(string.Empty, GrpcHealthStatus.Serving));

    /// <summary>The state of all services now.</summary>
    public IReadOnlyDictionary<string, GrpcHealthStatus> All => Current.Statuses;

    internal State Current => Volatile.Read(ref _state);

    /// <summary>Sets the state of a service; watchers learn it at once.</summary>
    /// <param name="service">Full name of the service, or empty for the server as a whole.</param>
    /// <param name="status">Its state.</param>
    public void Set(string service, GrpcHealthStatus status) => Replace(s => s.SetItem(service, status));

    /// <summary>Forgets a service; watchers see it as unknown.</summary>
    public void Remove(string service) => Replace(s => s.Remove(service));

    /// <summary>The state of a service, or null when it is not known.</summary>
    public GrpcHealthStatus? Get(string service) => Current.Statuses.TryGetValue(service, out var status) ? status : null;

    private void Replace(Func<ImmutableSortedDictionary<string, GrpcHealthStatus>, ImmutableSortedDictionary<string, GrpcHealthStatus>> change)
    {
        State before;
        lock (_lock)
        {
            before = _state;
            Volatile.Write(ref _state, new State(change(before.Statuses)));
        }

        before.Replaced.TrySetResult();
    }

    /// <summary>One state of everything, and the signal that a newer one exists.</summary>
    internal sealed class State(ImmutableSortedDictionary<string, GrpcHealthStatus> statuses)
    {
        public ImmutableSortedDictionary<string, GrpcHealthStatus> Statuses { get; } = statuses;

        public TaskCompletionSource Replaced { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
