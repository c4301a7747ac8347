using System.Text.Json.Nodes;
using static Banyan.Resources.Tests.Shelf;

namespace Banyan.Resources.Tests;

public sealed class ApplyTests
{
    [Fact]
    public async Task Apply_creates_then_updates_then_is_unchanged()
    {
        await using var shelf = new Shelf();
        Assert.Equal(WriteOutcome.Created, (await shelf.Apply("b1", """{"spec":{"size":1}}""")).Outcome);
        Assert.Equal(WriteOutcome.Updated, (await shelf.Apply("b1", """{"spec":{"size":2}}""")).Outcome);
        var before = (await shelf.Store.StatusAsync(default)).Revision;
        Assert.Equal(WriteOutcome.Unchanged, (await shelf.Apply("b1", """{"spec":{"size":2}}""")).Outcome);
        Assert.Equal(before, (await shelf.Store.StatusAsync(default)).Revision);
    }

    [Fact]
    public async Task Fields_the_manager_no_longer_names_go_and_defaults_stay()
    {
        await using var shelf = new Shelf();
        await shelf.Apply("b1", """{"spec":{"size":1,"heavy":true,"front":{"text":"a"},"contents":{"a":"1","b":"2"}},"metadata":{"labels":{"x":"1","y":"2"}}}""");
        await shelf.Apply("b1", """{"spec":{"size":1,"contents":{"b":"2"}},"metadata":{"labels":{"y":"2"}}}""");
        Assert.True(JsonNode.DeepEquals(Doc("""{"colour":"brown","size":1,"contents":{"b":"2"}}"""), (await shelf.Get("b1"))["spec"]));
        Assert.Equal("""{"y":"2"}""", (await shelf.Get("b1"))["metadata"]!["labels"]!.ToJsonString());
    }

    [Fact]
    public async Task Two_managers_own_their_fields_side_by_side()
    {
        await using var shelf = new Shelf();
        await shelf.Apply("b1", """{"spec":{"size":1,"contents":{"a":"1"}}}""", "one");
        await shelf.Apply("b1", """{"spec":{"heavy":true,"contents":{"b":"2"}}}""", "two");
        await shelf.Apply("b1", """{"spec":{"size":5}}""", "one");
        Assert.True(JsonNode.DeepEquals(Doc("""{"colour":"brown","size":5,"heavy":true,"contents":{"b":"2"}}"""), (await shelf.Get("b1"))["spec"]));
        var owners = (await shelf.Resources.OwnershipAsync("boxes", Box("b1"), default))!;
        Assert.Equal(["/spec/size"], owners["one"]);
        Assert.Equal(["/spec/contents/b", "/spec/heavy"], owners["two"]);
    }

    [Fact]
    public async Task Field_of_another_manager_with_another_value_is_a_conflict_that_names_the_owner()
    {
        await using var shelf = new Shelf();
        await shelf.Apply("b1", """{"spec":{"size":1,"heavy":true,"lid":"Open"}}""", "one");
        var e = await Fails(ResourceErrors.FieldConflict, () => shelf.Apply("b1", """{"spec":{"size":2,"heavy":false,"lid":"Open"}}""", "two"));
        Assert.Equal(["/spec/heavy", "/spec/size"], e.Faults.Select(f => f.Pointer));
        Assert.All(e.Faults, f => Assert.Contains("'one' owns", f.Message, StringComparison.Ordinal));
        Assert.Contains("\"size\":1", await shelf.Spec("b1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Force_takes_over_and_the_old_owner_loses_the_field()
    {
        await using var shelf = new Shelf();
        await shelf.Apply("b1", """{"spec":{"size":1,"heavy":true}}""", "one");
        await shelf.Apply("b1", """{"spec":{"size":2}}""", "two", force: true);
        var owners = (await shelf.Resources.OwnershipAsync("boxes", Box("b1"), default))!;
        Assert.Equal(["/spec/heavy"], owners["one"]);
        Assert.Equal(["/spec/size"], owners["two"]);
        await Fails(ResourceErrors.FieldConflict, () => shelf.Apply("b1", """{"spec":{"size":1,"heavy":true}}""", "one"));

        // No longer its own, so leaving it out takes nothing away.
        await shelf.Apply("b1", """{"spec":{"heavy":true}}""", "one");
        Assert.Contains("\"size\":2", await shelf.Spec("b1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Field_with_two_owners_stays_until_both_let_go()
    {
        await using var shelf = new Shelf();
        await shelf.Apply("b1", """{"spec":{"size":1}}""", "one");
        Assert.Equal(WriteOutcome.Unchanged, (await shelf.Apply("b1", """{"spec":{"size":1}}""", "two")).Outcome);
        await shelf.Apply("b1", "{}", "one");
        Assert.Contains("\"size\":1", await shelf.Spec("b1"), StringComparison.Ordinal);
        await shelf.Apply("b1", "{}", "two");
        Assert.Equal("""{"colour":"brown"}""", await shelf.Spec("b1"));
    }

    [Fact]
    public async Task List_is_owned_whole()
    {
        await using var shelf = new Shelf();
        await shelf.Apply("b1", """{"spec":{"stickers":[{"text":"a"}]}}""", "one");
        var e = await Fails(ResourceErrors.FieldConflict, () => shelf.Apply("b1", """{"spec":{"stickers":[{"text":"a"},{"text":"b"}]}}""", "two"));
        Assert.Equal("/spec/stickers", Assert.Single(e.Faults).Pointer);
    }

    [Fact]
    public async Task Replace_takes_ownership_of_what_it_changes()
    {
        await using var shelf = new Shelf();
        await shelf.Apply("b1", """{"spec":{"size":1,"heavy":true}}""", "one");
        await shelf.Put("b1", """{"spec":{"size":2}}""");
        var owners = (await shelf.Resources.OwnershipAsync("boxes", Box("b1"), default))!;
        Assert.False(owners.ContainsKey("one"));
        Assert.Contains("/spec/size", owners["operator"]);
        await Fails(ResourceErrors.FieldConflict, () => shelf.Apply("b1", """{"spec":{"size":1}}""", "one"));
    }

    [Fact]
    public async Task Conflict_counts_after_defaults_so_equal_meaning_is_no_conflict()
    {
        await using var shelf = new Shelf();
        await shelf.Apply("b1", """{"spec":{"front":{"text":"a","height":1.0}}}""", "one");
        Assert.Equal(WriteOutcome.Unchanged, (await shelf.Apply("b1", """{"spec":{"front":{"text":"a","height":1}}}""", "two")).Outcome);
    }

    [Fact]
    public async Task Appliers_that_race_for_one_field_leave_one_winner()
    {
        await using var shelf = new Shelf();
        var results = await Task.WhenAll(Enumerable.Range(1, 8).Select(i => Task.Run(async () =>
        {
            try
            {
                return (await shelf.Apply("b1", $$$$"""{"spec":{"size":{{{{i}}}}}}""", $"m{i}")).Outcome == WriteOutcome.Created ? i : -1;
            }
            catch (Banyan.Contracts.BanyanException e) when (e.Error == ResourceErrors.FieldConflict)
            {
                return 0;
            }
        })));
        var winner = Assert.Single(results, r => r != 0);
        Assert.Contains($"\"size\":{winner}", await shelf.Spec("b1"), StringComparison.Ordinal);
    }
}
