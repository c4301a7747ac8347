using Banyan.Gateway.Clusters;
using Banyan.Gateway.Limits;
using Banyan.Hosting;
using Banyan.Store;
using Microsoft.Extensions.Logging;

namespace Banyan.Gateway.Quotas;

/// <summary>Keeps this gateway's parts of all shared limits. One lease holds them all; when the gateway goes, its parts go back to the others with it.</summary>
internal sealed class QuotaWorker(IStore store, ClusterTable clusters, GatewayIdentity identity, TimeProvider clock, ILogger<QuotaWorker> log) : ModuleWorker
{
    /// <summary>How long the gateway keeps its parts when the store is away.</summary>
    public static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(30);

    /// <summary>How often parts follow traffic.</summary>
    public static readonly TimeSpan Round = TimeSpan.FromSeconds(1);

    private const string Prefix = "/gateway/quotas/";

    private readonly Dictionary<RateLimit, QuotaShare> _shares = [];
    private long _leaseId;
    private bool _away;

    public override string Name => "quotas";

    protected override async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Round, clock);
        try
        {
            do
            {
                await BalanceAsync(cancellation);
            }
            while (await timer.WaitForNextTickAsync(cancellation));
        }
        finally
        {
            await GiveBackAsync();
        }
    }

    /// <summary>One round over all shared limits.</summary>
    internal async Task BalanceAsync(CancellationToken cancellation)
    {
        Find();
        if (_shares.Count == 0)
        {
            return;
        }

        using var patience = new CancellationTokenSource(LeaseTime / 6, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try
        {
            var until = await KeepLeaseAsync(either.Token);
            foreach (var share in _shares.Values)
            {
                share.Renewed(until);
            }

            foreach (var share in _shares.Values)
            {
                await share.BalanceAsync(store, _leaseId, until, either.Token);
            }

            _away = false;
        }
        catch (StoreException e) when (e.Error == StoreError.LeaseNotFound)
        {
            // The next round gets a new one.
            _leaseId = 0;
            foreach (var share in _shares.Values)
            {
                share.Lost();
            }
        }
        catch (StoreException e)
        {
            Away(e.Message);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            Away("The store did not answer in time.");
        }
    }

    // Told once, until it is back.
    private void Away(string problem)
    {
        if (!_away)
        {
            _away = true;
            GatewayLog.QuotasKept(log, problem, LeaseTime);
        }
    }

    // First in use, then in the store. When the store cannot be reached the lease ends by itself.
    private async Task GiveBackAsync()
    {
        foreach (var share in _shares.Values)
        {
            share.Lost();
        }

        if (Interlocked.Exchange(ref _leaseId, 0) is var lease and not 0)
        {
            try
            {
                using var patience = new CancellationTokenSource(Round, clock);
                await store.RevokeLeaseAsync(lease, patience.Token);
            }
            catch (Exception e) when (e is StoreException or OperationCanceledException)
            {
                GatewayLog.QuotasKept(log, e.Message, LeaseTime);
            }
        }
    }

    // The time counts from before the store was asked, so it ends here before it ends there.
    private async Task<long> KeepLeaseAsync(CancellationToken cancellation)
    {
        var until = clock.NowTicks() + LeaseTime.Ticks;
        if (_leaseId == 0)
        {
            _leaseId = (await store.GrantLeaseAsync(LeaseTime, 0, cancellation)).Id;
        }
        else
        {
            await store.RenewLeaseAsync(_leaseId, cancellation);
        }

        return until;
    }

    // Policies come and go; the limits of one that is unchanged stay the same objects.
    private void Find()
    {
        var found = new HashSet<RateLimit>();
        foreach (var cluster in clusters.All)
        {
            foreach (var limit in cluster.Policy.RateLimits)
            {
                if (limit.Settings.Shared && found.Add(limit) && !_shares.ContainsKey(limit))
                {
                    var share = new QuotaShare(limit, $"{Prefix}{cluster.Name}/{limit.Settings.Name}", identity.Pseudonym, clock);
                    share.Settle();
                    _shares.Add(limit, share);
                }
            }
        }

        foreach (var gone in _shares.Keys.Where(limit => !found.Contains(limit)).ToArray())
        {
            _shares.Remove(gone);
        }
    }
}
