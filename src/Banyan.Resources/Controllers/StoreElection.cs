using System.Text;
using Banyan.Store;

namespace Banyan.Resources.Controllers;

/// <summary>Lets one process at a time act: a key under a lease. Whoever holds it renews the lease at a third of its time; when it lapses another one gets it.</summary>
internal sealed class StoreElection(IStore store, string name, string candidate, TimeSpan timeToLive, TimeProvider clock)
{
    private readonly StoreKey _key = $"/elections/{name}";

    /// <summary>Waits until this process may act, acts until it may no longer, and gives up the right at the end.</summary>
    /// <param name="act">Its token is cancelled when the right is lost.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>Why the right was lost.</returns>
    public async Task<string> RunOnceAsync(Func<CancellationToken, Task> act, CancellationToken ct)
    {
        var lease = await AcquireAsync(ct);
        using var acting = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var work = act(acting.Token);
        var reason = "its work ended";
        try
        {
            reason = await HoldAsync(lease, work, ct);
        }
        finally
        {
            // First the work, then the right: two must never act at once.
            await acting.CancelAsync();
            await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await ReleaseAsync(lease);
        }

        if (work.IsFaulted)
        {
            await work;
        }

        return reason;
    }

    private async Task<long> AcquireAsync(CancellationToken ct)
    {
        while (true)
        {
            var lease = await store.GrantLeaseAsync(timeToLive, 0, ct);
            var claim = StoreTransaction.Of(new StoreOperation.Put(_key, Encoding.UTF8.GetBytes(candidate), lease.Id)).When(StoreCompare.Absent(_key));
            var result = await store.CommitAsync(claim, ct);
            if (result.Succeeded)
            {
                return lease.Id;
            }

            await ReleaseAsync(lease.Id);
            await GoneAsync(result.Revision, ct);
        }
    }

    /// <summary>Waits for the present holder's key to go.</summary>
    private async Task GoneAsync(long after, CancellationToken ct)
    {
        await foreach (var batch in store.WatchAsync(new WatchQuery(KeyRange.Single(_key)) { AfterRevision = after, Progress = false }, ct))
        {
            if (batch.Events.Any(e => e.Kind == WatchEventKind.Delete))
            {
                return;
            }
        }
    }

    private async Task<string> HoldAsync(long lease, Task work, CancellationToken ct)
    {
        var renewed = clock.GetTimestamp();
        while (true)
        {
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(ct);
            var pause = Task.Delay(timeToLive / 3, clock, waiting.Token);
            if (await Task.WhenAny(work, pause) == work)
            {
                await waiting.CancelAsync();
                return "its work ended";
            }

            ct.ThrowIfCancellationRequested();
            try
            {
                await store.RenewLeaseAsync(lease, ct);
                renewed = clock.GetTimestamp();
            }
            catch (StoreException e) when (e.Error == StoreError.LeaseNotFound)
            {
                return "its lease expired";
            }
            catch (StoreException) when (clock.GetElapsedTime(renewed) < timeToLive * 2 / 3)
            {
                // The store is away for a moment; the lease still has a third of its time.
            }
            catch (StoreException e)
            {
                return $"its lease could not be renewed: {e.Message}";
            }
        }
    }

    private async Task ReleaseAsync(long lease)
    {
        try
        {
            await store.RevokeLeaseAsync(lease, CancellationToken.None);
        }
        catch (StoreException)
        {
            // Gone already, or the store is away: then it lapses by itself.
        }
    }
}
