using System.Text.Json.Nodes;
using Banyan.Resources.Audit;
using static Banyan.Resources.Tests.Shelf;

namespace Banyan.Resources.Tests;

public sealed class WriteTests
{
    [Fact]
    public async Task Create_gives_metadata_and_defaults()
    {
        await using var shelf = new Shelf();
        var result = await shelf.Put("b1", """{"spec":{"size":3},"metadata":{"labels":{"tier":"front"},"owner":"team-a"}}""");

        Assert.Equal(WriteOutcome.Created, result.Outcome);
        var box = (await shelf.Resources.FindAsync(shelf.Boxes, Box("b1"), default))!;
        Assert.Equal("brown", box.Spec.Colour);
        Assert.Equal(3, box.Spec.Size);
        Assert.Equal(1, box.Metadata.Generation);
        Assert.Equal(result.Document.Revision, box.Metadata.Revision);
        Assert.Equal(shelf.Clock.GetUtcNow(), box.Metadata.CreatedAt);
        Assert.Equal("front", box.Metadata.Labels["tier"]);
        Assert.Equal("team-a", box.Metadata.Owner);
        Assert.NotEmpty(box.Metadata.Uid);
        Assert.Null(box.Status);
    }

    [Fact]
    public async Task Document_as_answered_has_revision_and_can_be_sent_back()
    {
        await using var shelf = new Shelf();
        await shelf.Put("b1", """{"spec":{"size":3}}""");
        var document = await shelf.Get("b1");
        Assert.Equal("banyan/v1", (string?)document["apiVersion"]);
        Assert.Equal("Box", (string?)document["kind"]);
        Assert.True((long)document["metadata"]!["revision"]! > 1);

        var again = await shelf.Resources.ReplaceAsync("boxes", Box("b1"), document, new WriteContext(Admin), default);
        Assert.Equal(WriteOutcome.Unchanged, again.Outcome);
    }

    [Fact]
    public async Task Replace_with_the_documents_old_revision_is_stale()
    {
        await using var shelf = new Shelf();
        await shelf.Put("b1", """{"spec":{"size":3}}""");
        var old = await shelf.Get("b1");
        await shelf.Put("b1", """{"spec":{"size":4}}""");
        await Fails(ResourceErrors.Stale, () => shelf.Resources.ReplaceAsync("boxes", Box("b1"), old, new WriteContext(Admin), default));
        Assert.Contains("\"size\":4", await shelf.Spec("b1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Generation_grows_with_the_spec_only()
    {
        await using var shelf = new Shelf();
        await shelf.Put("b1", """{"spec":{"size":3}}""");
        await shelf.Put("b1", """{"spec":{"size":3},"metadata":{"labels":{"a":"b"}}}""");
        Assert.Equal(1, (int)(await shelf.Get("b1"))["metadata"]!["generation"]!);
        await shelf.Put("b1", """{"spec":{"size":4},"metadata":{"labels":{"a":"b"}}}""");
        Assert.Equal(2, (int)(await shelf.Get("b1"))["metadata"]!["generation"]!);
        await shelf.Resources.WriteStatusAsync(shelf.Boxes, Box("b1"), _ => new BoxStatus { Things = 7 }, default);
        var box = await shelf.Get("b1");
        Assert.Equal(2, (int)box["metadata"]!["generation"]!);
        Assert.Equal(7, (int)box["status"]!["things"]!);
    }

    [Fact]
    public async Task Unchanged_write_makes_no_revision()
    {
        await using var shelf = new Shelf();
        await shelf.Put("b1", """{"spec":{"size":3}}""");
        var before = (await shelf.Store.StatusAsync(default)).Revision;
        Assert.Equal(WriteOutcome.Unchanged, (await shelf.Put("b1", """{"spec":{"size":3}}""")).Outcome);
        await shelf.Resources.WriteStatusAsync(shelf.Boxes, Box("b1"), _ => new BoxStatus { Things = 1 }, default);
        await shelf.Resources.WriteStatusAsync(shelf.Boxes, Box("b1"), _ => new BoxStatus { Things = 1 }, default);
        Assert.Equal(before + 1, (await shelf.Store.StatusAsync(default)).Revision);
    }

    [Fact]
    public async Task All_faults_come_at_once_with_pointers()
    {
        await using var shelf = new Shelf();
        var e = await Fails(ResourceErrors.Invalid, () => shelf.Put("b1", """
            {"apiVersion":"v9","kind":"Bax","extra":1,"metadata":{"name":"other","labels":{"bad key":"x","ok":"-"}},
             "spec":{"color":"red","size":"big","lid":"Ajar","heavy":1,"stickers":[{"height":2},7],"front":{"text":"a","height":"tall"}}}
            """));
        var faults = e.Faults.ToDictionary(f => f.Pointer, f => f);
        Assert.Equal("out-of-range", faults["/apiVersion"].Code);
        Assert.Equal("out-of-range", faults["/kind"].Code);
        Assert.Equal("unknown-field", faults["/extra"].Code);
        Assert.Equal("out-of-range", faults["/metadata/name"].Code);
        Assert.Equal("bad-name", faults["/metadata/labels/bad key"].Code);
        Assert.Equal("out-of-range", faults["/metadata/labels/ok"].Code);
        Assert.Contains("Did you mean 'colour'?", faults["/spec/color"].Message, StringComparison.Ordinal);
        Assert.Equal("wrong-type", faults["/spec/size"].Code);
        Assert.Contains("Open, Shut", faults["/spec/lid"].Message, StringComparison.Ordinal);
        Assert.Equal("wrong-type", faults["/spec/heavy"].Code);
        Assert.Equal("required", faults["/spec/stickers/0/text"].Code);
        Assert.Equal("wrong-type", faults["/spec/stickers/1"].Code);
        Assert.Equal("wrong-type", faults["/spec/front/height"].Code);
        Assert.Equal(13, e.Faults.Count);
        Assert.Null(await shelf.Resources.GetAsync("boxes", Box("b1"), default));
    }

    [Theory]
    [InlineData("""{"spec":{"size":0}}""", "/spec/size", "out-of-range")]
    [InlineData("""{"spec":{"size":101}}""", "/spec/size", "out-of-range")]
    [InlineData("""{"spec":{"size":99999999999}}""", "/spec/size", "out-of-range")]
    [InlineData("""{"spec":{"size":1.5}}""", "/spec/size", "wrong-type")]
    [InlineData("""{"spec":[]}""", "/spec", "wrong-type")]
    [InlineData("""{"spec":{"stickers":[null]}}""", "/spec/stickers/0", "wrong-type")]
    [InlineData("""{"spec":{"colour":"none"}}""", "/spec/colour", "invalid")]
    [InlineData("""{"spec":{"inside":"nowhere"}}""", "/spec/inside", "not-found")]
    [InlineData("""{"metadata":{"finalizers":["a","a"]}}""", "/metadata/finalizers", "duplicate")]
    public async Task Fault_of_one_field_names_it(string json, string pointer, string code)
    {
        await using var shelf = new Shelf();
        var e = await Fails(ResourceErrors.Invalid, () => shelf.Put("b1", json));
        Assert.Equal((pointer, code), (e.Faults[0].Pointer, e.Faults[0].Code));
        Assert.Single(e.Faults);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Upper")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("a.b")]
    [InlineData("a/b")]
    [InlineData("ä")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public async Task Bad_name_is_refused_everywhere(string name)
    {
        await using var shelf = new Shelf();
        await Fails(ResourceErrors.BadName, () => shelf.Put(name, "{}"));
        await Fails(ResourceErrors.BadName, () => shelf.Resources.GetAsync("boxes", Box(name), default));
        await Fails(ResourceErrors.BadName, () => shelf.Resources.GetAsync("boxes", new ResourceName(name, "a"), default));
        await Fails(ResourceErrors.BadName, () => shelf.Resources.DeleteAsync("boxes", Box(name), new WriteContext(Admin), default));
    }

    [Fact]
    public async Task Patch_merges_and_null_takes_away()
    {
        await using var shelf = new Shelf();
        await shelf.Put("b1", """{"spec":{"size":3,"heavy":true,"contents":{"a":"1","b":"2"}},"metadata":{"labels":{"x":"1"}}}""");
        await shelf.Resources.PatchAsync(
            "boxes", Box("b1"), Doc("""{"spec":{"heavy":null,"contents":{"a":null,"c":"3"}},"metadata":{"labels":{"y":"2"}}}"""), new WriteContext(Admin), default);
        Assert.True(JsonNode.DeepEquals(Doc("""{"colour":"brown","size":3,"contents":{"b":"2","c":"3"}}"""), (await shelf.Get("b1"))["spec"]));
        Assert.Equal(2, (await shelf.Get("b1"))["metadata"]!["labels"]!.AsObject().Count);
        await Fails(ResourceErrors.NotFound, () => shelf.Resources.PatchAsync("boxes", Box("b2"), [], new WriteContext(Admin), default));
        await Fails(ResourceErrors.Invalid, () => shelf.Resources.PatchAsync("boxes", Box("b1"), Doc("""{"status":{"things":1}}"""), new WriteContext(Admin), default));
    }

    [Fact]
    public async Task Create_of_what_exists_and_stale_revisions_are_refused()
    {
        await using var shelf = new Shelf();
        var first = await shelf.Resources.CreateAsync("boxes", Box("b1"), [], new WriteContext(Admin), default);
        await Fails(ResourceErrors.AlreadyExists, () => shelf.Resources.CreateAsync("boxes", Box("b1"), [], new WriteContext(Admin), default));
        await Fails(ResourceErrors.Stale, () => shelf.Put("b1", "{}", new WriteContext(Admin) { IfMatch = first.Document.Revision + 1 }));
        await Fails(ResourceErrors.Stale, () => shelf.Put("b1", "{}", new WriteContext(Admin) { IfMatch = 0 }));
        await Fails(ResourceErrors.Stale, () => shelf.Put("b2", "{}", new WriteContext(Admin) { IfMatch = 5 }));
        await Fails(ResourceErrors.Stale, () => shelf.Resources.DeleteAsync("boxes", Box("b1"), new WriteContext(Admin) { IfMatch = 1 }, default));
        await shelf.Put("b1", """{"spec":{"size":2}}""", new WriteContext(Admin) { IfMatch = first.Document.Revision });
    }

    [Fact]
    public async Task Reader_may_not_write_by_any_door()
    {
        await using var shelf = new Shelf();
        await shelf.Put("b1", "{}");
        var guest = new WriteContext(Guest);
        await Fails(ResourceErrors.Forbidden, () => shelf.Put("b2", "{}", guest));
        await Fails(ResourceErrors.Forbidden, () => shelf.Resources.CreateAsync("boxes", Box("b2"), [], guest, default));
        await Fails(ResourceErrors.Forbidden, () => shelf.Resources.ApplyAsync("boxes", Box("b1"), [], guest, default));
        await Fails(ResourceErrors.Forbidden, () => shelf.Resources.PatchAsync("boxes", Box("b1"), [], guest, default));
        await Fails(ResourceErrors.Forbidden, () => shelf.Resources.DeleteAsync("boxes", Box("b1"), guest, default));
        await Fails(ResourceErrors.Forbidden, () => shelf.Resources.ReplaceStatusAsync("boxes", Box("b1"), Doc("""{"things":1}"""), guest, default));
    }

    [Fact]
    public async Task Delete_with_finalisers_marks_and_the_last_one_removed_deletes()
    {
        await using var shelf = new Shelf();
        await shelf.Put("b1", """{"metadata":{"finalizers":["x/one","x/two"]}}""");
        Assert.Equal(WriteOutcome.Deleting, (await shelf.Resources.DeleteAsync("boxes", Box("b1"), new WriteContext(Admin), default)).Outcome);
        Assert.NotNull((await shelf.Get("b1"))["metadata"]!["deletedAt"]);
        Assert.Equal(WriteOutcome.Deleting, (await shelf.Resources.DeleteAsync("boxes", Box("b1"), new WriteContext(Admin), default)).Outcome);
        await Fails(ResourceErrors.Invalid, () => shelf.Put("b1", """{"metadata":{"finalizers":["x/one","x/two","x/late"]}}"""));

        Assert.Equal(WriteOutcome.Updated, (await shelf.Put("b1", """{"metadata":{"finalizers":["x/two"]}}""")).Outcome);
        Assert.Equal(WriteOutcome.Deleted, (await shelf.Put("b1", """{"metadata":{"finalizers":[]}}""")).Outcome);
        Assert.Null(await shelf.Resources.GetAsync("boxes", Box("b1"), default));
        Assert.Null(await shelf.Resources.OwnershipAsync("boxes", Box("b1"), default));
        await Fails(ResourceErrors.NotFound, () => shelf.Resources.DeleteAsync("boxes", Box("b1"), new WriteContext(Admin), default));
    }

    [Fact]
    public async Task Dry_run_tells_the_difference_and_writes_nothing()
    {
        await using var shelf = new Shelf();
        await shelf.Put("b1", """{"spec":{"size":3}}""");
        var before = (await shelf.Store.StatusAsync(default)).Revision;
        var result = await shelf.Put("b1", """{"spec":{"size":4,"heavy":true},"metadata":{"labels":{"a/b":"c"}}}""", new WriteContext(Admin) { DryRun = true });

        Assert.Equal(["/metadata/labels/a~1b", "/spec/heavy", "/spec/size"], result.Changes.Select(c => c.Pointer));
        Assert.Equal(("3", "4"), (result.Changes[2].Before!.ToJsonString(), result.Changes[2].After!.ToJsonString()));
        Assert.Equal(4, (int)result.Document.ToJson()["spec"]!["size"]!);
        Assert.Equal(WriteOutcome.Created, (await shelf.Put("b2", "{}", new WriteContext(Admin) { DryRun = true })).Outcome);
        Assert.Equal(WriteOutcome.Deleted, (await shelf.Resources.DeleteAsync("boxes", Box("b1"), new WriteContext(Admin) { DryRun = true }, default)).Outcome);
        Assert.Equal(before, (await shelf.Store.StatusAsync(default)).Revision);
    }

    [Fact]
    public async Task Writers_that_race_all_get_in()
    {
        await using var shelf = new Shelf();
        await shelf.Put("b1", "{}");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() =>
            shelf.Resources.PatchAsync("boxes", Box("b1"), Doc($$$$"""{"spec":{"contents":{"k{{{{i}}}}":"v"}}}"""), new WriteContext(Admin), default))));
        Assert.Equal(8, (await shelf.Get("b1"))["spec"]!["contents"]!.AsObject().Count);
    }

    [Fact]
    public async Task Object_that_is_too_large_is_refused()
    {
        await using var shelf = new Shelf(new ResourcesOptions { MaxObjectBytes = 2000 });
        await Fails(ResourceErrors.TooLarge, () => shelf.Put("b1", $$$$"""{"spec":{"colour":"{{{{new string('x', 2000)}}}}"}}"""));
    }

    [Fact]
    public async Task Every_change_is_in_the_audit_log_at_its_own_revision()
    {
        await using var shelf = new Shelf();
        var created = await shelf.Put("b1", """{"spec":{"size":1}}""");
        await shelf.Apply("b1", """{"spec":{"heavy":true}}""");
        await shelf.Resources.DeleteAsync("boxes", Box("b1"), new WriteContext(Admin), default);

        var page = await shelf.Audit.ListAsync(new AuditFilter { Kind = "Box", Name = "b1" }, default);
        Assert.Equal(["delete", "apply", "replace"], page.Items.Select(r => (string)r.Document["verb"]!));
        var (deletion, creation) = (page.Items[0].Document, page.Items[2].Document);
        Assert.Equal(created.Document.Revision, page.Items[2].Revision);
        Assert.Equal("operator", (string?)creation["actor"]!["name"]);
        Assert.Equal("127.0.0.1", (string?)creation["actor"]!["address"]);
        Assert.Null(creation["before"]);
        Assert.Equal(1, (int)creation["after"]!["spec"]!["size"]!);
        Assert.True((bool)deletion["before"]!["spec"]!["heavy"]!);
        Assert.Null(deletion["after"]);
        Assert.Empty((await shelf.Audit.ListAsync(new AuditFilter { Actor = "reader" }, default)).Items);
    }

    [Fact]
    public async Task Audit_log_pages_and_is_trimmed_from_the_oldest()
    {
        await using var shelf = new Shelf(new ResourcesOptions { AuditRecordsKept = 10 });
        for (var i = 1; i <= 25; i++)
        {
            await shelf.Put("b1", $$$$"""{"spec":{"size":{{{{i}}}}}}""");
        }

        var first = await shelf.Audit.ListAsync(new AuditFilter { Limit = 20 }, default);
        var second = await shelf.Audit.ListAsync(new AuditFilter { Limit = 20, Continue = first.Continue }, default);
        Assert.Equal(Enumerable.Range(1, 25).Reverse(), first.Items.Concat(second.Items).Select(r => (int)r.Document["after"]!["spec"]!["size"]!));
        Assert.Null(second.Continue);

        Assert.Equal(15, await shelf.Audit.TrimAsync(default));
        var rest = await shelf.Audit.ListAsync(new AuditFilter(), default);
        Assert.Equal(Enumerable.Range(16, 10).Reverse(), rest.Items.Select(r => (int)r.Document["after"]!["spec"]!["size"]!));
        await Fails(ResourceErrors.BadContinue, () => shelf.Audit.ListAsync(new AuditFilter { Continue = "nonsense" }, default));
    }

    [Fact]
    public async Task Audit_log_trims_itself_while_it_is_written()
    {
        await using var shelf = new Shelf(new ResourcesOptions { AuditRecordsKept = 10 });
        for (var i = 0; i < 300; i++)
        {
            await shelf.Put("b1", $$$$"""{"spec":{"size":{{{{(i % 2) + 1}}}}}}""");
        }

        Assert.InRange((await shelf.Audit.ListAsync(new AuditFilter { Limit = 1000 }, default)).Items.Count, 10, 10 + 128);
    }

    [Fact]
    public async Task Rule_between_objects_sees_every_write_before_it()
    {
        await using var shelf = new Shelf();
        for (var i = 0; i < 50; i++)
        {
            await shelf.Put($"gold-{i}", """{ "spec": { "colour": "gold" } }""");
            var refused = await Shelf.Fails(ResourceErrors.Invalid, () => shelf.Put("other", """{ "spec": { "colour": "gold" } }"""));
            Assert.Equal($"'default/gold-{i}' is the golden one.", Assert.Single(refused.Faults).Message);
            await shelf.Put($"gold-{i}", """{ "spec": { "colour": "red" } }""");
        }
    }

    [Fact]
    public async Task Claim_is_free_again_after_the_object_that_made_it_is_gone()
    {
        await using var shelf = new Shelf();
        await shelf.Put("one", """{ "spec": { "colour": "gold" } }""");
        await Shelf.Fails(ResourceErrors.Invalid, () => shelf.Put("two", """{ "spec": { "colour": "gold" } }"""));
        await shelf.Resources.DeleteAsync("boxes", Shelf.Box("one"), new WriteContext(Shelf.Admin), default);
        await shelf.Put("two", """{ "spec": { "colour": "gold" } }""");
        await Shelf.Fails(ResourceErrors.Invalid, () => shelf.Put("one", """{ "spec": { "colour": "gold" } }"""));
    }
}
