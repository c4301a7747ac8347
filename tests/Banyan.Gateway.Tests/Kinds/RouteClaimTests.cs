using System.Text.Json;
using Banyan.Gateway.Kinds;
using Banyan.Gateway.Routing;
using Banyan.Gateway.Tests.Routing;
using Banyan.Gateway.Tests.Support;

namespace Banyan.Gateway.Tests.Kinds;

public sealed class RouteClaimTests
{
    private static readonly string[] Methods = ["GET", "PUT", "POST"];

    [Theory]
    [InlineData("""{}""", """{}""", "Same")]
    [InlineData("""{"methods":["GET","PUT"]}""", """{"methods":["PUT","GET"]}""", "Same")]
    [InlineData("""{"headers":[{"name":"X-A","exact":"1"}]}""", """{"headers":[{"name":"x-a","exact":"1"}]}""", "Same")]
    [InlineData("""{"methods":["GET"]}""", """{"methods":["GET","PUT"]}""", "Shadowed")]
    [InlineData("""{"headers":[{"name":"a","exact":"abc"}]}""", """{"headers":[{"name":"a","prefix":"ab"}]}""", "Shadowed")]
    [InlineData("""{"headers":[{"name":"a","exact":"12"}]}""", """{"headers":[{"name":"a","regex":"[0-9]+"}]}""", "Shadowed")]
    [InlineData("""{"query":[{"name":"a","prefix":"x"}]}""", """{"query":[{"name":"a"}]}""", "Shadowed")]
    [InlineData("""{"methods":["GET","PUT"]}""", """{"methods":["GET"]}""", null)]
    [InlineData("""{"methods":["GET"]}""", """{}""", null)]
    [InlineData("""{}""", """{"methods":["GET"]}""", null)]
    [InlineData("""{"headers":[{"name":"a"}]}""", """{"headers":[{"name":"b"}]}""", null)]
    [InlineData("""{"headers":[{"name":"a","exact":"1"}]}""", """{"query":[{"name":"a","exact":"1"}]}""", null)]
    public void ClashWith_an_older_claim_says_what_can_be_proved(string mine, string older, string? kind) =>
        Assert.Equal(kind, Claim(mine).ClashWith(Claim(older), otherIsOlder: true)?.Kind.ToString());

    [Fact]
    public void ClashWith_a_newer_claim_says_who_would_lose()
    {
        var (all, some) = (Claim("""{"methods":["GET","PUT"]}"""), Claim("""{"methods":["GET"]}"""));

        Assert.Equal(RouteClashKind.Shadows, all.ClashWith(some, otherIsOlder: false)?.Kind);
        Assert.Null(some.ClashWith(all, otherIsOlder: false));
    }

    [Theory]
    [InlineData("""{"path":"/a"}""", """{"path":"/a/"}""", true)]
    [InlineData("""{"path":"/a"}""", """{"pathTemplate":"/a/{*any}"}""", true)]
    [InlineData("""{"pathTemplate":"/a/{x}"}""", """{"pathTemplate":"/a/{y}"}""", true)]
    [InlineData("""{"pathExact":"/a"}""", """{"pathTemplate":"/a"}""", true)]
    [InlineData("""{"pathExact":"/a"}""", """{"path":"/a"}""", false)]
    [InlineData("""{"pathExact":"/a"}""", """{"pathRegex":"/a"}""", false)]
    [InlineData("""{"pathExact":"/a"}""", """{"pathExact":"/a/"}""", false)]
    public void Path_is_the_same_for_one_path_in_two_forms(string one, string other, bool same) => Assert.Equal(same, Claim(one).Path == Claim(other).Path);

    [Theory]
    [InlineData(41)]
    [InlineData(42)]
    public void Clash_agrees_with_what_the_table_does(int seed)
    {
        var random = new Random(seed);
        string[] conditions = ["", "0", "1"];
        var clashes = 0;
        for (var i = 0; i < 3000; i++)
        {
            RouteEntry older = Random("older", 1), newer = Random("newer", 2);
            var clash = RouteClaim.Of(newer.Spec).ClashWith(RouteClaim.Of(older.Spec), otherIsOlder: true)?.Kind;
            clashes += clash is null ? 0 : 1;
            var table = RouteSnapshotTests.Compile(older, newer);
            var takers = (from method in Methods from a in conditions from q in conditions select Taker(table, method, a, q)).ToArray();

            // All values there are were asked: who loses everything is shadowed, and only who cannot win is said to be.
            Assert.Equal(clash is RouteClashKind.Same or RouteClashKind.Shadowed, table.Conflicts.Any(c => c.Route.Name == "newer"));
            Assert.Equal(clash == RouteClashKind.Shadows, table.Conflicts.Any(c => c.Route.Name == "older"));
            Assert.False(clash is RouteClashKind.Same or RouteClashKind.Shadowed && takers.Contains("newer"));
            Assert.False(clash == RouteClashKind.Shadows && takers.Contains("older"));
        }

        Assert.InRange(clashes, 200, 2800);

        RouteEntry Random(string name, long order) => Entries.Route(
            name,
            s => s with
            {
                Methods = random.Next(2) == 0 ? [.. Methods.Take(2).Where(_ => random.Next(3) > 0)] : null,
                Headers = random.Next(2) == 0 ? [new RouteCondition { Name = "A", Exact = random.Next(2) == 0 ? "1" : null }] : null,
                Query = random.Next(2) == 0 ? [new RouteCondition { Name = "q", Exact = random.Next(2) == 0 ? "1" : null, Prefix = null }] : null,
            },
            order);

        static string? Taker(RouteSnapshot table, string method, string header, string query) => new Asked(
            "x", "/", method, query.Length == 0 ? "" : $"q={query}", null, header.Length == 0 ? [] : [("A", header)]).In(table);
    }

    private static RouteClaim Claim(string spec)
    {
        var read = JsonSerializer.Deserialize(spec, RouteJson.Default.RouteSpec)! with { Service = new RouteService { Name = "s" } };
        Assert.Empty(RouteRules.Check(read));
        return RouteClaim.Of(read);
    }
}
