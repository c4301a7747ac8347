using Banyan.Contracts.Registry.V1;

namespace Banyan.Contracts.Registry;

/// <summary>
/// Keeps one instance in the registry, whoever registers it.
/// <code>
///   register ──► heartbeat, heartbeat, … ──► drain ──► deregister
///      ▲  ▲             │   │
///      │  └─ not found ─┘   └─ registry away: keep trying
///      └──── away: try again
/// </code>
/// </summary>
/// <param name="registrar">The registry.</param>
/// <param name="request">What is registered, with the time without heartbeat after which it counts as lost.</param>
/// <param name="listener">Hears of it.</param>
/// <param name="clock">Time.</param>
/// <param name="random">Spreads the heartbeats of many instances.</param>
public sealed class InstanceLease(IInstanceRegistrar registrar, RegisterRequest request, IInstanceLeaseListener listener, TimeProvider clock, Random random)
{
    private const double Jitter = 0.1;

    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FarewellDeadline = TimeSpan.FromSeconds(3);

    private readonly InstanceKey _key = new() { Domain = request.Instance.Domain, Service = request.Instance.Service, Id = request.Instance.Id };

    // Set before the registry is asked: it may know the instance before its answer is here, and must be told of the end then too.
    private volatile bool _mayStand;
    private bool _away;

    /// <summary>Registers and sends heartbeats until cancelled; three within the lease's time.</summary>
    public async Task KeepAsync(CancellationToken cancellation)
    {
        var beat = request.Ttl.ToTimeSpan() / 3;
        var retry = FirstRetry;
        var stands = false;
        while (true)
        {
            TimeSpan wait;
            try
            {
                if (!stands)
                {
                    _mayStand = true;
                    await registrar.RegisterAsync(request, cancellation).ConfigureAwait(false);
                    stands = true;
                    listener.OnRegistered();
                }
                else
                {
                    await registrar.HeartbeatAsync(new HeartbeatRequest { Key = _key }, cancellation).ConfigureAwait(false);
                }

                NoteBack();
                retry = FirstRetry;
                wait = beat;
            }
            catch (BanyanException e) when (stands && e.Error.Kind == ErrorKind.NotFound)
            {
                // The registry has forgotten this instance: a new store, or it was removed while the network was cut.
                stands = false;
                continue;
            }
            catch (BanyanException e)
            {
                NoteAway(e);
                _mayStand = stands;

                // A registered instance keeps its beat, so that many of them do not come back at the same moment.
                wait = stands && retry > beat ? beat : retry;
                retry = retry * 2 < LongestRetry ? retry * 2 : LongestRetry;
            }

            await Task.Delay(wait * (1 - Jitter + (2 * Jitter * random.NextDouble())), clock, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Takes the instance out of rotation. False: it is not registered, or the registry could not be told within 3 s.</summary>
    public Task<bool> DrainAsync(string reason, CancellationToken cancellation) =>
        TellAsync(async token => await registrar.DrainAsync(new DrainRequest { Key = _key, Reason = reason }, token).ConfigureAwait(false), cancellation);

    /// <summary>Removes the instance, after <see cref="KeepAsync"/> has ended. False: as in <see cref="DrainAsync"/>.</summary>
    public Task<bool> DeregisterAsync(string reason, CancellationToken cancellation) =>
        TellAsync(async token => await registrar.DeregisterAsync(new DeregisterRequest { Key = _key, Reason = reason }, token).ConfigureAwait(false), cancellation);

    private async Task<bool> TellAsync(Func<CancellationToken, Task> tell, CancellationToken cancellation)
    {
        if (!_mayStand)
        {
            return false;
        }

        try
        {
            using var deadline = new CancellationTokenSource(FarewellDeadline, clock);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
            await tell(both.Token).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is BanyanException or OperationCanceledException)
        {
            listener.OnNotTold(e.Message);
            return false;
        }
    }

    private void NoteAway(BanyanException error)
    {
        if (!_away)
        {
            _away = true;
            listener.OnAway(error);
        }
    }

    private void NoteBack()
    {
        if (_away)
        {
            _away = false;
            listener.OnBack();
        }
    }
}
