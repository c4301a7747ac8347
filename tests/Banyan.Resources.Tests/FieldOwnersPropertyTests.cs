using System.Text.Json.Nodes;
using Banyan.Resources.Json;
using Banyan.Resources.Writing;
using FsCheck;
using FsCheck.Fluent;

namespace Banyan.Resources.Tests;

/// <summary>Any sequence of applies by several managers, over a small tree in which fields collide often.</summary>
public sealed class FieldOwnersPropertyTests
{
    private static readonly string[] Pointers = ["/spec/a", "/spec/b", "/spec/c/x", "/spec/c/y", "/spec/d/e/f", "/metadata/labels/l", "/metadata/owner"];

    private sealed record Step(string Manager, (string Pointer, int Value)[] Fields, bool Force)
    {
        public override string ToString() => $"{Manager}{(Force ? "!" : string.Empty)} {string.Join(' ', Fields.Select(f => $"{f.Pointer}={f.Value}"))}";
    }

    private static readonly Arbitrary<Step[]> Steps = Arb.From(
        (from manager in Gen.Elements("one", "two", "three")
         from force in Gen.Elements(true, false, false)
         from fields in Gen.Choose(0, 2).Select(v => v).ArrayOf(Pointers.Length)
         select new Step(manager, [.. Pointers.Zip(fields).Where(p => p.Second > 0)], force)).ArrayOf(8));

    [Fact]
    public void After_any_applies_every_field_has_its_owners_value_and_nothing_is_unowned() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(Steps, steps =>
        {
            var live = Intent([]);
            var owners = FieldOwners.None;
            var said = new Dictionary<string, Dictionary<string, int>>();
            foreach (var step in steps)
            {
                var intent = Intent(step.Fields);
                var next = owners.Merge(step.Manager, live, intent);
                var conflicts = owners.Conflicts(step.Manager, live, next, intent);

                // A conflict is exactly: somebody else said another value for a field this step names.
                var expected = said.Where(m => m.Key != step.Manager)
                    .SelectMany(m => m.Value.Where(f => step.Fields.Any(s => s.Pointer == f.Key && s.Value != f.Value)).Select(f => (m.Key, f.Key)));
                Assert.Equal(expected.Order(), conflicts.Order());
                if (conflicts.Count > 0 && !step.Force)
                {
                    continue;
                }

                owners = owners.AfterApply(step.Manager, live, next, intent);
                live = next;
                foreach (var (manager, pointer) in conflicts)
                {
                    said[manager].Remove(pointer);
                }

                said[step.Manager] = step.Fields.ToDictionary();
            }

            var wanted = said.Values.SelectMany(f => f).DistinctBy(f => f.Key).ToDictionary(f => f.Key, f => f.Value);
            Assert.Equal(
                wanted.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => (f.Key, f.Value)),
                JsonFields.Leaves(live).Select(l => (l.Key, l.Value.GetValue<int>())));
            foreach (var (manager, fields) in said)
            {
                Assert.All(fields.Keys, pointer => Assert.True(owners.Owns(manager, pointer)));
                Assert.Equal(fields.Count, owners.View.GetValueOrDefault(manager)?.Count ?? 0);
            }

            Assert.True(FieldOwners.Read(owners.Write()).SameAs(owners));
        }));

    [Fact]
    public void Applying_twice_is_applying_once() =>
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(Steps, steps =>
        {
            var live = Intent([]);
            var owners = FieldOwners.None;
            foreach (var step in steps)
            {
                var intent = Intent(step.Fields);
                var next = owners.Merge(step.Manager, live, intent);
                owners = owners.AfterApply(step.Manager, live, next, intent);
                Assert.True(JsonNode.DeepEquals(next, owners.Merge(step.Manager, next, intent)));
                Assert.Empty(owners.Conflicts(step.Manager, next, next, intent));
                Assert.True(owners.AfterApply(step.Manager, next, next, intent).SameAs(owners));
                live = next;
            }
        }));

    private static JsonObject Intent(IEnumerable<(string Pointer, int Value)> fields)
    {
        var result = new JsonObject { ["metadata"] = new JsonObject(), ["spec"] = new JsonObject() };
        foreach (var (pointer, value) in fields)
        {
            JsonPointers.Set(result, pointer, value);
        }

        return result;
    }
}
