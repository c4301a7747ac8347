using Banyan.Gateway.Clusters;
using Banyan.Gateway.Limits;
using Banyan.Store;

namespace Banyan.Gateway.Quotas;

/// <summary>
/// One gateway's part of one shared limit. All parts of up to ten gateways together are never more than the whole, whatever fails:
/// <code>
///   whole limit = parts given out by lease (9/10) + reserve (1/10)
///   part in force: leased, while the lease certainly lives ──▶ a fixed slice of the reserve
/// </code>
/// <list type="bullet">
/// <item>A part is raised only by a transaction that proves that nobody else's part was written since the sum was taken, and used only after it.</item>
/// <item>A part is lowered first in use, then in the store.</item>
/// <item>A part is bound to a lease of the store. The gateway stops using it when the time since it asked for the lease's renewal is over, which is never after
/// the store gives the part to others, as both count the same time and the store begins later.</item>
/// </list>
/// For one caller at a time.
/// </summary>
internal sealed class QuotaShare(RateLimit limit, string prefix, string gateway, TimeProvider clock)
{
    /// <summary>The part of every shared limit that is not given out by lease.</summary>
    public const double Reserve = 0.1;

    // What may be used without a lease is a fixed slice of the reserve. It cannot depend on how many gateways there are: one that does not reach the store does
    // not know, and those that reach it do not see that one.
    private const double SafePart = LimitGrant.UnleasedPart;

    // Needs follow up at once and down slowly: a part that is given away takes a round to come back.
    private const double FallWeight = 0.3;

    // A gateway asks for a little more than it used, so that growing traffic finds room.
    private const double Headroom = 1.25;

    // Every raise of a part writes the head, so that two cannot pass each other. The slash leaves it out of the parts.
    private readonly StoreKey _head = prefix;
    private readonly StoreKey _key = $"{prefix}/{gateway}";
    private readonly KeyRange _parts = KeyRange.Prefix($"{prefix}/");

    private double _leased;
    private long _leaseUntil = long.MinValue;
    private double _need;
    private long _asked;
    private long _askedAt = clock.NowTicks();

    public RateLimit Limit { get; } = limit;

    /// <summary>Tells until when the lease that holds the part certainly lives.</summary>
    public void Renewed(long until)
    {
        _leaseUntil = until;
        Settle();
    }

    /// <summary>Tells that the lease is gone, and the part with it.</summary>
    public void Lost()
    {
        (_leased, _leaseUntil) = (0, long.MinValue);
        Settle();
    }

    /// <summary>Measures what is needed, and moves the own part towards the fair division of all needs.</summary>
    /// <param name="store">Where the parts stand.</param>
    /// <param name="leaseId">The gateway's lease.</param>
    /// <param name="leaseUntil">Until when it certainly lives, in ticks of the clock.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="StoreException">The store is away, or the lease is gone.</exception>
    public async Task BalanceAsync(IStore store, long leaseId, long leaseUntil, CancellationToken cancellation)
    {
        MeasureNeed();

        // 1. Who has what. The head is read first: whatever is raised after that changes it, and then step 3 fails.
        var heads = await store.RangeAsync(new RangeQuery(KeyRange.Single(_head)), cancellation);
        var parts = await store.RangeAsync(new RangeQuery(_parts), cancellation);
        var needs = new List<double> { _need };
        var others = 0.0;
        var mine = default(StoreEntry?);
        foreach (var entry in parts.Entries)
        {
            if (entry.Key == _key)
            {
                mine = entry;
                continue;
            }

            var record = QuotaRecord.Parse(entry.Value.Span);
            needs.Add(record.Need);
            others += record.Part;
        }

        // 2. What is fair, and of that what nobody else still has.
        const double whole = 1 - Reserve;
        var held = mine is { LeaseId: var lease, Value: var value } && lease == leaseId ? QuotaRecord.Parse(value.Span).Part : 0;
        var next = Math.Min(QuotaDivision.Divide(needs.ToArray(), whole)[0], Math.Max(0, whole - others));
        if (next < _leased)
        {
            _leased = next;
            Settle();
        }

        // 3. Written only if no part was raised since the sum was taken; else the next round sees to it.
        var put = new StoreOperation.Put(_key, new QuotaRecord(next, _need).ToBytes(), leaseId);
        var transaction = next > held
            ? StoreTransaction.Of(put, new StoreOperation.Put(_head, Array.Empty<byte>())).When(StoreCompare.Unchanged(_head, heads.Entries.Count == 0 ? 0 : heads.Entries[0].ModRevision))
            : StoreTransaction.Of(put);
        if ((await store.CommitAsync(transaction, cancellation)).Succeeded)
        {
            (_leased, _leaseUntil) = (next, leaseUntil);
            Settle();
        }
    }

    /// <summary>Puts into force what is certain.</summary>
    public void Settle() => Limit.Grant = new LimitGrant(Math.Max(_leased, SafePart), _leaseUntil, SafePart);

    private void MeasureNeed()
    {
        var now = clock.NowTicks();
        var asked = Limit.Admitted + Limit.Refused;
        var elapsed = now - _askedAt;
        if (elapsed <= 0)
        {
            return;
        }

        var used = (asked - _asked) * (double)Limit.Settings.Per.Ticks / elapsed / Limit.Settings.Requests * Headroom;
        _need = used > _need ? used : _need + ((used - _need) * FallWeight);
        (_asked, _askedAt) = (asked, now);
    }
}
