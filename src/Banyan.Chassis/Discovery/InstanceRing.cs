using Banyan.Contracts.Registry.V1;

namespace Banyan.Chassis.Discovery;

/// <summary>The instances of one service at one moment, taken in turn. Immutable but for the turn.</summary>
internal sealed class InstanceRing
{
    private readonly Endpoint[] _up;
    private int _turn = -1;

    public InstanceRing(IReadOnlyCollection<Instance> all, bool answered, InstanceRing? before = null)
    {
        Known = all.Count;
        Answered = answered;
        _turn = before?._turn ?? -1;
        _up = [.. all.Where(i => i.State == InstanceState.Up).OrderBy(i => i.Id, StringComparer.Ordinal).Select(i => before?.Find(i) ?? new Endpoint(i))];
        States = string.Join(", ", all.GroupBy(i => i.State).OrderBy(g => g.Key).Select(g => $"{g.Count()} {g.Key.ToString().ToLowerInvariant()}"));
    }

    /// <summary>Number of instances in every state.</summary>
    public int Known { get; }

    /// <summary>True when Banyan, or the copy on disk, has said who is there; false when nobody could be asked yet.</summary>
    public bool Answered { get; }

    /// <summary>For messages: "2 down, 1 starting".</summary>
    public string States { get; }

    public int Count => _up.Length;

    /// <summary>The next instance; passes over one that was tried already and, where there are others, over those that just could not be reached.</summary>
    public Endpoint? Next(TimeProvider clock, Endpoint? tried = null)
    {
        Endpoint? second = null;
        for (var i = 0; i < _up.Length; i++)
        {
            var endpoint = _up[(uint)Interlocked.Increment(ref _turn) % (uint)_up.Length];
            if (ReferenceEquals(endpoint, tried))
            {
                continue;
            }

            if (!endpoint.IsDoubtful(clock))
            {
                return endpoint;
            }

            second ??= endpoint;
        }

        return second;
    }

    // The same place keeps its object, and with it what is known of its failures.
    private Endpoint? Find(Instance instance) => Array.Find(_up, e => e.Id == instance.Id && e.Host == instance.Host && e.Port == instance.Port);

    /// <summary>One instance that is up.</summary>
    internal sealed class Endpoint(Instance instance)
    {
        private static readonly TimeSpan DoubtLasts = TimeSpan.FromSeconds(3);

        private long _failedAt;

        public string Id { get; } = instance.Id;

        public string Scheme { get; } = instance.Scheme is "https" or "grpcs" ? "https" : "http";

        public string Host { get; } = instance.Host;

        public int Port { get; } = (int)instance.Port;

        public void Failed(TimeProvider clock) => Volatile.Write(ref _failedAt, clock.GetTimestamp());

        public bool IsDoubtful(TimeProvider clock) => Volatile.Read(ref _failedAt) is var at and not 0 && clock.GetElapsedTime(at) < DoubtLasts;
    }
}
