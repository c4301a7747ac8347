using Banyan.Store;
using Banyan.Testing;

namespace Banyan.Conformance;

public abstract partial class StoreConformance
{
    [ConformanceTheory]
    [InlineData(CompareTarget.Version, CompareRelation.Equal, 2, true)]
    [InlineData(CompareTarget.Version, CompareRelation.Equal, 1, false)]
    [InlineData(CompareTarget.Version, CompareRelation.NotEqual, 1, true)]
    [InlineData(CompareTarget.Version, CompareRelation.NotEqual, 2, false)]
    [InlineData(CompareTarget.Version, CompareRelation.Less, 3, true)]
    [InlineData(CompareTarget.Version, CompareRelation.Less, 2, false)]
    [InlineData(CompareTarget.Version, CompareRelation.Greater, 1, true)]
    [InlineData(CompareTarget.Version, CompareRelation.Greater, 2, false)]
    [InlineData(CompareTarget.Lease, CompareRelation.Equal, 0, true)]
    [InlineData(CompareTarget.Lease, CompareRelation.Greater, 0, false)]
    public async Task Compare_relates_the_key_to_the_number(CompareTarget target, CompareRelation relation, long number, bool holds)
    {
        await Put("a", "1");
        await Put("a", "2");
        Assert.Equal(holds, await Holds(new StoreCompare(Key("a"), target, relation, number)));
    }

    [ConformanceTheory]
    [InlineData(CompareTarget.ModRevision)]
    [InlineData(CompareTarget.CreateRevision)]
    public async Task Compare_revisions_are_those_of_the_entry(CompareTarget target)
    {
        var created = await Put("a", "1");
        var modified = await Put("a", "2");
        var mine = target == CompareTarget.ModRevision ? modified : created;
        Assert.True(await Holds(new StoreCompare(Key("a"), target, CompareRelation.Equal, mine)));
        Assert.False(await Holds(new StoreCompare(Key("a"), target, CompareRelation.NotEqual, mine)));
        Assert.True(await Holds(new StoreCompare(Key("a"), target, CompareRelation.Less, mine + 1)));
        Assert.True(await Holds(new StoreCompare(Key("a"), target, CompareRelation.Greater, mine - 1)));
        Assert.False(await Holds(new StoreCompare(Key("a"), target, CompareRelation.Greater, mine)));
    }

    [ConformanceTheory]
    [InlineData(CompareTarget.ModRevision)]
    [InlineData(CompareTarget.CreateRevision)]
    [InlineData(CompareTarget.Version)]
    [InlineData(CompareTarget.Lease)]
    public async Task Compare_of_a_missing_key_sees_zero(CompareTarget target)
    {
        await Put("deleted", "1");
        await Delete("deleted");
        foreach (var name in new[] { "missing", "deleted" })
        {
            Assert.True(await Holds(new StoreCompare(Key(name), target, CompareRelation.Equal, 0)));
            Assert.False(await Holds(new StoreCompare(Key(name), target, CompareRelation.Greater, 0)));
            Assert.True(await Holds(new StoreCompare(Key(name), target, CompareRelation.Less, 1)));
        }
    }

    [ConformanceTheory]
    [InlineData(CompareRelation.Equal, "m", true)]
    [InlineData(CompareRelation.Equal, "mm", false)]
    [InlineData(CompareRelation.NotEqual, "n", true)]
    [InlineData(CompareRelation.NotEqual, "m", false)]
    [InlineData(CompareRelation.Less, "mm", true)]
    [InlineData(CompareRelation.Less, "m", false)]
    [InlineData(CompareRelation.Less, "\u00ff", true)]
    [InlineData(CompareRelation.Greater, "l", true)]
    [InlineData(CompareRelation.Greater, "m", false)]
    public async Task Compare_value_relates_bytes_unsigned(CompareRelation relation, string operand, bool holds)
    {
        await Put("a", "m");
        Assert.Equal(holds, await Holds(new StoreCompare(Key("a"), CompareTarget.Value, relation, 0, Bytes(operand))));
    }

    [ConformanceTheory]
    [InlineData(CompareRelation.Equal)]
    [InlineData(CompareRelation.NotEqual)]
    [InlineData(CompareRelation.Less)]
    [InlineData(CompareRelation.Greater)]
    public async Task Compare_value_of_a_missing_key_never_holds(CompareRelation relation) =>
        Assert.False(await Holds(new StoreCompare(Key("missing"), CompareTarget.Value, relation, 0, Bytes("x"))));

    [ConformanceFact]
    public async Task Compare_lease_sees_the_binding()
    {
        var lease = await Store.GrantLeaseAsync(TimeSpan.FromSeconds(60), 0, Cancellation);
        await Put("a", "1", lease.Id);
        Assert.True(await Holds(new StoreCompare(Key("a"), CompareTarget.Lease, CompareRelation.Equal, lease.Id)));
        Assert.False(await Holds(new StoreCompare(Key("a"), CompareTarget.Lease, CompareRelation.Equal, 0)));
        await Store.RevokeLeaseAsync(lease.Id, Cancellation);
    }

    [ConformanceFact]
    public async Task Compare_that_fails_does_nothing_and_shows_the_present_entries_in_order()
    {
        await Commit(PutOf("b", "2"), PutOf("a", "1"));
        var before = await Revision();
        var result = await Store.CommitAsync(
            StoreTransaction.Of(PutOf("a", "new"), PutOf("c", "new"))
                .When(StoreCompare.Unchanged(Key("b"), 1), StoreCompare.Absent(Key("missing")), StoreCompare.Absent(Key("a"))),
            Cancellation);
        Assert.Equal((false, before, 0L), (result.Succeeded, result.Revision, result.Deleted));
        Assert.Equal(["b=2", "a=1"], result.Current.Select(e => $"{Name(e.Key)}={Text(e.Value)}"));
        Assert.Equal(["a=1", "b=2"], Pairs(await Range(Keys())));
        Assert.Equal(before, await Revision());
    }

    [ConformanceFact]
    public async Task Compare_all_must_hold()
    {
        var revision = await Put("a", "1");
        Assert.False(await Holds(StoreCompare.Unchanged(Key("a"), revision), StoreCompare.Unchanged(Key("b"), 9)));
        Assert.True(await Holds(StoreCompare.Unchanged(Key("a"), revision), StoreCompare.Absent(Key("b"))));
    }

    [ConformanceFact]
    public async Task Compare_absent_lets_one_of_many_create()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
            await Store.CommitAsync(StoreTransaction.Of(PutOf("leader", $"{i}")).When(StoreCompare.Absent(Key("leader"))), Cancellation)));
        var winner = Array.FindIndex(results, r => r.Succeeded);
        Assert.Single(results, r => r.Succeeded);
        Assert.Equal([$"leader={winner}"], Pairs(await Range(Keys())));
        Assert.All(results.Where(r => !r.Succeeded), r => Assert.Equal($"{winner}", Text(Assert.Single(r.Current).Value)));
    }

    private async Task<bool> Holds(params StoreCompare[] compares) => (await Store.CommitAsync(StoreTransaction.Of().When(compares), Cancellation)).Succeeded;
}
