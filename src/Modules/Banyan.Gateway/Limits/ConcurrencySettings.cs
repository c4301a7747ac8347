namespace Banyan.Gateway.Limits;

/// <summary>Bounds of the limit on requests in progress to one service from this gateway.</summary>
internal sealed record ConcurrencySettings
{
    /// <summary>False: no limit.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Where the limit starts.</summary>
    public int Initial { get; init; } = 4000;

    /// <summary>The limit never falls below this.</summary>
    public int Min { get; init; } = 50;

    /// <summary>The limit never rises above this.</summary>
    public int Max { get; init; } = 20_000;

    /// <summary>Requests one instance may have in progress; 0 = no limit. Each event loop may go over it by one, when several choose in the same moment.</summary>
    public int PerInstance { get; init; }

    /// <summary>How many times the usual latency is still no sign of overload.</summary>
    public double Tolerance { get; init; } = 2;

    /// <summary>Requests that may wait for room; 0 = none waits.</summary>
    public int Queue { get; init; } = 100;

    /// <summary>Longest a request waits for room.</summary>
    public TimeSpan QueueTime { get; init; } = TimeSpan.FromSeconds(1);
}
