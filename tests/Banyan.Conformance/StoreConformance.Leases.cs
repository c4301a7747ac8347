using Banyan.Store;
using Banyan.Testing;

namespace Banyan.Conformance;

public abstract partial class StoreConformance
{
    [ConformanceFact]
    public async Task Lease_chosen_by_the_store_has_a_number_of_its_own()
    {
        var a = await Store.GrantLeaseAsync(TimeSpan.FromSeconds(60), 0, Cancellation);
        var b = await Store.GrantLeaseAsync(TimeSpan.FromSeconds(60), 0, Cancellation);
        Assert.NotEqual(0, a.Id);
        Assert.NotEqual(0, b.Id);
        Assert.NotEqual(a.Id, b.Id);
        await Revoke(a.Id, b.Id);
    }

    [ConformanceFact]
    public async Task Lease_chosen_by_the_caller_is_refused_when_it_exists()
    {
        var id = UnusedLease();
        Assert.Equal(id, (await Store.GrantLeaseAsync(TimeSpan.FromSeconds(60), id, Cancellation)).Id);
        await Refused(StoreError.LeaseExists, async () => await Store.GrantLeaseAsync(TimeSpan.FromSeconds(60), id, Cancellation));
        await Revoke(id);
        Assert.Equal(id, (await Store.GrantLeaseAsync(TimeSpan.FromSeconds(60), id, Cancellation)).Id);
        await Revoke(id);
    }

    [ConformanceTheory]
    [InlineData(60_000, 60)]
    [InlineData(60_001, 61)]
    [InlineData(60_999, 61)]
    public async Task Lease_time_is_kept_in_whole_seconds_rounded_up(int milliseconds, int seconds)
    {
        var lease = await Store.GrantLeaseAsync(TimeSpan.FromMilliseconds(milliseconds), 0, Cancellation);
        Assert.Equal(TimeSpan.FromSeconds(seconds), lease.TimeToLive);
        var seen = await Store.GetLeaseAsync(lease.Id, Cancellation);
        Assert.Equal(TimeSpan.FromSeconds(seconds), seen.TimeToLive);
        Assert.InRange(seen.Remaining, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(seconds));
        await Revoke(lease.Id);
    }

    [ConformanceTheory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-5)]
    public async Task Lease_lasts_at_least_a_second(int milliseconds)
    {
        var lease = await Store.GrantLeaseAsync(TimeSpan.FromMilliseconds(milliseconds), 0, Cancellation);
        Assert.True(lease.TimeToLive >= TimeSpan.FromSeconds(1));
    }

    [ConformanceFact]
    public async Task Lease_grant_makes_no_revision()
    {
        var before = await Revision();
        var lease = await Store.GrantLeaseAsync(TimeSpan.FromSeconds(60), 0, Cancellation);
        Assert.Equal(before, await Revision());
        await Revoke(lease.Id);
        Assert.Equal(before, await Revision());
    }

    [ConformanceFact]
    public async Task Lease_shows_its_keys_and_entries_show_their_lease()
    {
        var lease = await Store.GrantLeaseAsync(TimeSpan.FromSeconds(60), 0, Cancellation);
        await Commit(PutOf("a", "1", lease.Id), PutOf("b", "1", lease.Id), PutOf("c", "1"));
        Assert.Equal(["a", "b"], await KeysOf(lease.Id));
        Assert.Equal([lease.Id, lease.Id, 0], (await Range(Keys())).Entries.Select(e => e.LeaseId));
        await Revoke(lease.Id);
    }

    [ConformanceFact]
    public async Task Lease_revoke_deletes_its_keys_in_one_revision()
    {
        var lease = await Store.GrantLeaseAsync(TimeSpan.FromSeconds(60), 0, Cancellation);
        var put = (await Commit(PutOf("a", "1", lease.Id), PutOf("b", "1", lease.Id), PutOf("c", "1"))).Revision;
        await Store.RevokeLeaseAsync(lease.Id, Cancellation);
        Assert.Equal(["c=1"], Pairs(await Range(Keys())));
        Assert.Equal(put + 1, await Revision());
        Assert.Equal(["a=1", "b=1", "c=1"], Pairs(await Range(Keys(), put)));
    }

    [ConformanceFact]
    public async Task Lease_unknown_is_refused_by_every_call()
    {
        var id = UnusedLease();
        await Refused(StoreError.LeaseNotFound, async () => await Store.RenewLeaseAsync(id, Cancellation));
        await Refused(StoreError.LeaseNotFound, async () => await Store.RevokeLeaseAsync(id, Cancellation));
        await Refused(StoreError.LeaseNotFound, async () => await Store.GetLeaseAsync(id, Cancellation));
        await Refused(StoreError.LeaseNotFound, () => Put("a", "1", id));
        Assert.Null(await Get("a"));
    }

    [ConformanceFact]
    public async Task Lease_unknown_in_one_operation_undoes_the_others()
    {
        await Refused(StoreError.LeaseNotFound, () => Commit(PutOf("a", "1"), PutOf("b", "1", UnusedLease())));
        Assert.Empty((await Range(Keys())).Entries);
    }

    [ConformanceFact]
    public async Task Lease_that_was_revoked_is_gone()
    {
        var lease = await Store.GrantLeaseAsync(TimeSpan.FromSeconds(60), 0, Cancellation);
        await Store.RevokeLeaseAsync(lease.Id, Cancellation);
        await Refused(StoreError.LeaseNotFound, async () => await Store.GetLeaseAsync(lease.Id, Cancellation));
        await Refused(StoreError.LeaseNotFound, async () => await Store.RevokeLeaseAsync(lease.Id, Cancellation));
    }

    [ConformanceFact]
    public async Task Lease_put_with_another_moves_the_key()
    {
        var first = await Store.GrantLeaseAsync(TimeSpan.FromSeconds(60), 0, Cancellation);
        var second = await Store.GrantLeaseAsync(TimeSpan.FromSeconds(60), 0, Cancellation);
        await Put("a", "1", first.Id);
        await Put("a", "2", second.Id);
        Assert.Empty(await KeysOf(first.Id));
        Assert.Equal(["a"], await KeysOf(second.Id));
        await Store.RevokeLeaseAsync(first.Id, Cancellation);
        Assert.Equal(["a=2"], Pairs(await Range(Keys())));
        await Revoke(second.Id);
        Assert.Null(await Get("a"));
    }

    [ConformanceFact]
    public async Task Lease_put_without_one_frees_the_key()
    {
        var lease = await Store.GrantLeaseAsync(TimeSpan.FromSeconds(60), 0, Cancellation);
        await Put("a", "1", lease.Id);
        await Put("a", "2");
        Assert.Empty(await KeysOf(lease.Id));
        await Revoke(lease.Id);
        Assert.Equal(["a=2"], Pairs(await Range(Keys())));
    }

    [ConformanceFact]
    public async Task Lease_forgets_a_deleted_key()
    {
        var lease = await Store.GrantLeaseAsync(TimeSpan.FromSeconds(60), 0, Cancellation);
        await Put("a", "1", lease.Id);
        await Delete("a");
        Assert.Empty(await KeysOf(lease.Id));
        await Put("a", "2");
        await Revoke(lease.Id);
        Assert.Equal(["a=2"], Pairs(await Range(Keys())));
    }

    [ConformanceFact]
    public async Task Lease_expires_and_deletes_its_keys_in_one_revision()
    {
        await Put("c", "1");
        var (lease, put) = await PutExpiring("a", "b");
        await Eventually.True(async () => (await Range(Keys())).Count == 1, "the lease's keys are deleted");
        Assert.Equal(put + 1, await Revision());
        Assert.Equal(["c=1"], Pairs(await Range(Keys())));
        await Refused(StoreError.LeaseNotFound, async () => await Store.RenewLeaseAsync(lease, Cancellation));
        await Refused(StoreError.LeaseNotFound, async () => await Store.GetLeaseAsync(lease, Cancellation));
    }

    [ConformanceFact]
    public async Task Lease_that_is_renewed_outlives_one_that_is_not()
    {
        // Between two renewals a busy machine may stand still for seconds.
        var time = TimeSpan.FromSeconds(6);
        var kept = await Store.GrantLeaseAsync(time, 0, Cancellation);
        var left = await Store.GrantLeaseAsync(time, 0, Cancellation);
        await Commit(PutOf("kept", "1", kept.Id), PutOf("left", "1", left.Id));
        await Eventually.True(
            async () =>
            {
                var renewed = await Store.RenewLeaseAsync(kept.Id, Cancellation);
                Assert.Equal((kept.Id, kept.TimeToLive), (renewed.Id, renewed.TimeToLive));
                return await Get("left") is null;
            },
            "the lease that is not renewed expires");
        Assert.Equal(["kept=1"], Pairs(await Range(Keys())));
        await Revoke(kept.Id);
    }

    [ConformanceFact]
    public async Task Lease_renewal_makes_no_revision()
    {
        var lease = await Store.GrantLeaseAsync(TimeSpan.FromSeconds(60), 0, Cancellation);
        var before = await Put("a", "1", lease.Id);
        Assert.True((await Store.RenewLeaseAsync(lease.Id, Cancellation)).Remaining > TimeSpan.FromSeconds(30));
        Assert.Equal(before, await Revision());
        await Revoke(lease.Id);
    }

    private static long UnusedLease() => BitConverter.ToInt64(Guid.NewGuid().ToByteArray()) & 0x7FFF_FFFF_FFFF | 1;

    private async Task Revoke(params long[] ids)
    {
        foreach (var id in ids)
        {
            await Store.RevokeLeaseAsync(id, Cancellation);
        }
    }

    private async Task<string[]> KeysOf(long lease) =>
        [.. (await Store.GetLeaseAsync(lease, Cancellation)).Keys.Select(Name).Order(StringComparer.Ordinal)];
}
