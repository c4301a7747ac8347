using System.Text;
using System.Text.Json.Nodes;
using Banyan.Resources.Audit;
using Banyan.Store;
using static Banyan.Resources.Tests.Shelf;

namespace Banyan.Resources.Tests;

public sealed class WriteOnlyFieldTests
{
    private const string Secret = "12-34-56-78";
    private const string Other = "99-88-77-66";
    private const string MarkPattern = @"^\(write-only [0-9a-f]{16}\)$";

    [Fact]
    public async Task Value_is_in_nothing_that_can_be_read_but_reveal_gives_it()
    {
        await using var shelf = new Shelf();
        var made = await Apply(shelf, $$$"""{"spec":{"combination":"{{{Secret}}}","spare":{"key":"{{{Other}}}","holder":"porter" } } }""");
        var dry = await shelf.Resources.ApplyAsync("safes", Box("s"), Doc($$$"""{"spec":{"combination":"{{{Other}}}x"}}"""), As("cli") with { DryRun = true, Force = true }, default);

        var seen = new StringBuilder()
            .Append(Encoding.UTF8.GetString(made.Document.ToUtf8()))
            .AppendJoin(' ', made.Changes.Concat(dry.Changes).Select(c => $"{c.Before?.ToJsonString()} {c.After?.ToJsonString()}"))
            .Append(Encoding.UTF8.GetString(dry.Document.ToUtf8()))
            .Append((await shelf.Resources.GetAsync("safes", Box("s"), default))!.ToJson())
            .AppendJoin(' ', (await shelf.Resources.ListAsync("safes", new ResourceFilter(), default)).Items.Select(i => i.ToJson().ToJsonString()))
            .AppendJoin(' ', (await shelf.Audit.ListAsync(new AuditFilter(), default)).Items.Select(i => i.Document.ToJsonString()))
            .Append(await shelf.Resources.FindAsync(shelf.Safes, Box("s"), default));
        await foreach (var batch in shelf.Resources.WatchAsync("safes", new ResourceFilter(), 1, default))
        {
            seen.AppendJoin(' ', batch.Changes.Select(c => c.Document?.ToJson().ToJsonString()));
            break;
        }

        var text = seen.ToString();
        Assert.DoesNotContain(Secret, text, StringComparison.Ordinal);
        Assert.DoesNotContain(Other, text, StringComparison.Ordinal);
        Assert.Contains("(write-only ", text, StringComparison.Ordinal);
        var revealed = await shelf.Resources.RevealAsync(shelf.Safes, Box("s"), default);
        Assert.Equal(new SafeSpec { Colour = "grey", Combination = Secret, Spare = new SpareKey { Key = Other, Holder = "porter" } }, revealed!.Spec);
        Assert.Equal(made.Document.Revision, revealed.Metadata.Revision);
    }

    [Fact]
    public async Task Mark_sent_back_keeps_the_value_through_every_door()
    {
        await using var shelf = new Shelf();
        await Apply(shelf, $$$"""{"spec":{"combination":"{{{Secret}}}"}}""");
        var mark = (string)(await Spec(shelf))["combination"]!;
        Assert.Matches(MarkPattern, mark);

        Assert.Equal(WriteOutcome.Unchanged, (await Apply(shelf, $$$"""{"spec":{"combination":"{{{mark}}}"}}""")).Outcome);
        Assert.Equal(WriteOutcome.Updated, (await Apply(shelf, $$$"""{"spec":{"combination":"{{{mark}}}","colour":"red"}}""")).Outcome);
        var read = (await shelf.Resources.GetAsync("safes", Box("s"), default))!.ToJson();
        read["spec"]!["colour"] = "blue";
        Assert.Equal(WriteOutcome.Updated, (await shelf.Resources.ReplaceAsync("safes", Box("s"), read, new WriteContext(Admin), default)).Outcome);
        await shelf.Resources.PatchAsync("safes", Box("s"), Doc("""{"spec":{"colour":"green"}}"""), new WriteContext(Admin), default);

        Assert.Equal(new SafeSpec { Colour = "green", Combination = Secret }, (await shelf.Resources.RevealAsync(shelf.Safes, Box("s"), default))!.Spec);
        Assert.Equal(mark, (string?)(await Spec(shelf))["combination"]);
    }

    [Fact]
    public async Task Same_value_again_is_unchanged_and_another_one_is_a_new_generation_with_a_new_mark()
    {
        await using var shelf = new Shelf();
        await Apply(shelf, $$$"""{"spec":{"combination":"{{{Secret}}}"}}""");
        var mark = (string)(await Spec(shelf))["combination"]!;

        Assert.Equal(WriteOutcome.Unchanged, (await Apply(shelf, $$$"""{"spec":{"combination":"{{{Secret}}}"}}""")).Outcome);
        var result = await Apply(shelf, $$$"""{"spec":{"combination":"{{{Other}}}"}}""");

        Assert.Equal(WriteOutcome.Updated, result.Outcome);
        Assert.Equal("/spec/combination", Assert.Single(result.Changes).Pointer);
        var revealed = await shelf.Resources.RevealAsync(shelf.Safes, Box("s"), default);
        Assert.Equal((Other, 2L), (revealed!.Spec.Combination, revealed.Metadata.Generation));
        Assert.NotEqual(mark, (string?)(await Spec(shelf))["combination"]);
    }

    [Theory]
    [InlineData("""{"spec":{"combination":"(write-only 0123456789abcdef)"}}""", "stands for another value")]
    [InlineData("""{"spec":{"spare":{"key":"(write-only 0123456789abcdef)"}}}""", "is not stored here")]
    public async Task Mark_of_another_value_is_a_fault(string json, string message)
    {
        await using var shelf = new Shelf();
        await Apply(shelf, $$$"""{"spec":{"combination":"{{{Secret}}}"}}""");

        var e = await Fails(ResourceErrors.Invalid, () => Apply(shelf, json));

        Assert.Contains(message, Assert.Single(e.Faults).Message, StringComparison.Ordinal);
        Assert.Equal(Secret, (await shelf.Resources.RevealAsync(shelf.Safes, Box("s"), default))!.Spec.Combination);
    }

    [Fact]
    public async Task Kind_rules_see_the_value_also_when_only_its_mark_is_sent()
    {
        await using var shelf = new Shelf();
        var e = await Fails(ResourceErrors.Invalid, () => Apply(shelf, """{"spec":{"combination":"123"}}"""));
        Assert.Equal("/spec/combination", Assert.Single(e.Faults).Pointer);
        Assert.DoesNotContain("123", e.Faults[0].Message, StringComparison.Ordinal);
        Assert.Empty((await Secrets(shelf)).Entries);
    }

    [Fact]
    public async Task Two_managers_merge_by_mark_and_conflict_by_mark()
    {
        await using var shelf = new Shelf();
        await Apply(shelf, $$$"""{"spec":{"combination":"{{{Secret}}}"}}""", "one");
        var mark = (string)(await Spec(shelf))["combination"]!;
        await Apply(shelf, $$$"""{"spec":{"combination":"{{{mark}}}","colour":"red"}}""", "two");
        await Apply(shelf, $$$"""{"spec":{"combination":"{{{Secret}}}","spare":{"holder":"porter" } } }""", "one");

        var e = await Fails(ResourceErrors.FieldConflict, () => Apply(shelf, $$$"""{"spec":{"combination":"{{{Other}}}"}}""", "two"));

        Assert.DoesNotContain(Secret, e.Message + string.Join(' ', e.Faults), StringComparison.Ordinal);
        Assert.DoesNotContain(Other, e.Message + string.Join(' ', e.Faults), StringComparison.Ordinal);
        var revealed = await shelf.Resources.RevealAsync(shelf.Safes, Box("s"), default);
        Assert.Equal(new SafeSpec { Colour = "red", Combination = Secret, Spare = new SpareKey { Holder = "porter" } }, revealed!.Spec);
    }

    [Fact]
    public async Task Value_goes_with_the_field_and_with_the_object()
    {
        await using var shelf = new Shelf();
        await Apply(shelf, $$$"""{"spec":{"combination":"{{{Secret}}}"}}""");
        await Apply(shelf, """{"spec":{"colour":"red"}}""");
        Assert.Empty((await Secrets(shelf)).Entries);
        Assert.Null((await shelf.Resources.RevealAsync(shelf.Safes, Box("s"), default))!.Spec.Combination);

        await Apply(shelf, $$$"""{"spec":{"combination":"{{{Secret}}}"}}""");
        await shelf.Resources.WriteStatusAsync(shelf.Safes, Box("s"), _ => new BoxStatus { Things = 1 }, default);
        Assert.Single((await Secrets(shelf)).Entries);
        await shelf.Resources.DeleteAsync("safes", Box("s"), new WriteContext(Admin), default);
        Assert.Empty((await Secrets(shelf)).Entries);
        Assert.Null(await shelf.Resources.RevealAsync(shelf.Safes, Box("s"), default));
    }

    private static Task<WriteResult> Apply(Shelf shelf, string json, string manager = "cli") => shelf.Resources.ApplyAsync("safes", Box("s"), Doc(json), As(manager), default);

    private static async Task<JsonNode> Spec(Shelf shelf) => (await shelf.Resources.GetAsync("safes", Box("s"), default))!.ToJson()["spec"]!;

    private static async Task<RangeResult> Secrets(Shelf shelf) => await shelf.Store.RangeAsync(new RangeQuery(KeyRange.Prefix("/resource-secrets/")), default);
}
