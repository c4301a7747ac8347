using FsCheck;
using FsCheck.Fluent;

namespace Banyan.Resources.Tests;

public sealed class LabelSelectorTests
{
    private static readonly string[] Keys = ["a", "b", "c"];
    private static readonly Dictionary<string, string> Labels = new() { ["tier"] = "front", ["zone"] = "a", ["example.com/draft"] = "" };

    [Theory]
    [InlineData("tier", true)]
    [InlineData("!tier", false)]
    [InlineData("! absent", true)]
    [InlineData("tier=front", true)]
    [InlineData("tier==front", true)]
    [InlineData("tier = back", false)]
    [InlineData("tier!=back", true)]
    [InlineData("absent!=x", true)]
    [InlineData("absent=x", false)]
    [InlineData("zone in (a, b)", true)]
    [InlineData("zone in (c)", false)]
    [InlineData("zone notin (a,b)", false)]
    [InlineData("absent notin (a)", true)]
    [InlineData("example.com/draft=", true)]
    [InlineData("tier=front,zone in (b),!absent", false)]
    [InlineData(" tier=front , zone in(a) , !absent ", true)]
    [InlineData("in", false)]
    [InlineData("in in (in)", false)]
    public void Selector_matches(string text, bool expected) => Assert.Equal(expected, LabelSelector.Parse(text)!.Matches(Labels));

    [Theory]
    [InlineData(",", 1)]
    [InlineData("a,", 3)]
    [InlineData("a b", 3)]
    [InlineData("a!b", 3)]
    [InlineData("a in b", 6)]
    [InlineData("a in (b", 8)]
    [InlineData("a=b=c", 4)]
    [InlineData("-a", 1)]
    [InlineData("a=-b", 3)]
    [InlineData("a=ä", 3)]
    [InlineData("/a", 1)]
    public void Broken_selector_is_told_with_its_column(string text, int column)
    {
        var e = Assert.Throws<Banyan.Contracts.BanyanException>(() => LabelSelector.Parse(text));
        Assert.Equal(ResourceErrors.BadSelector, e.Error);
        Assert.Contains($"column {column}:", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_text_is_read_or_refused_and_never_breaks()
    {
        var texts = Arb.From(Gen.Elements("a", "bb", "=", "!", ",", "(", ")", " ", "in", "notin", "/", "ä", "\0", "-").ArrayOf(8).Select(string.Concat));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(texts, text =>
        {
            try
            {
                var selector = LabelSelector.Parse(text);
                Assert.Equal(selector?.ToString(), selector is null ? null : LabelSelector.Parse(selector.ToString())!.ToString());
            }
            catch (Banyan.Contracts.BanyanException e)
            {
                Assert.Equal(ResourceErrors.BadSelector, e.Error);
            }
        }));
    }

    [Fact]
    public void Selector_agrees_with_its_meaning()
    {
        var labels = Gen.Elements("x", "y", "").ArrayOf(3).Select(v => Keys.Zip(v).Where(p => p.Second.Length > 0).ToDictionary());
        var cases = from present in labels
                    from key in Gen.Elements("a", "b", "c")
                    from values in Gen.Elements("x", "y", "z").ArrayOf(2)
                    select (present, key, values);
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(Arb.From(cases), c =>
        {
            var isIn = c.present.TryGetValue(c.key, out var value) && c.values.Contains(value);
            var set = string.Join(',', c.values);
            Assert.Equal(isIn, LabelSelector.Parse($"{c.key} in ({set})")!.Matches(c.present));
            Assert.Equal(!isIn, LabelSelector.Parse($"{c.key} notin ({set})")!.Matches(c.present));
            Assert.Equal(c.present.ContainsKey(c.key), LabelSelector.Parse(c.key)!.Matches(c.present));
            Assert.Equal(!c.present.ContainsKey(c.key), LabelSelector.Parse("!" + c.key)!.Matches(c.present));
        }));
    }
}
