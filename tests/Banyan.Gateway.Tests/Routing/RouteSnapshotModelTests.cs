using System.Text.RegularExpressions;
using Banyan.Gateway.Kinds;
using Banyan.Gateway.Routing;
using Banyan.Gateway.Tests.Support;

namespace Banyan.Gateway.Tests.Routing;

/// <summary>The compiled table against the precedence written as a plain search through all declarations.</summary>
public sealed class RouteSnapshotModelTests
{
    private static readonly string[] Hosts = ["a.x", "b.x", "c.b.x", "x", "d.y"];
    private static readonly string[] Patterns = ["", "a.x", "b.x", "c.b.x", "x", "*.x", "*.b.x", "*.y"];
    private static readonly string[] Segments = ["p", "q", "pq"];
    private static readonly string[] Regexes = ["/p/[pq]+", "/.*", "/p/q(/p)*", "/[a-z]+/q", "/p/.*/q"];
    private static readonly string[] Methods = ["GET", "PUT", "POST"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Find_agrees_with_a_search_through_all_routes(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 150; round++)
        {
            var entries = Enumerable.Range(0, random.Next(1, 16)).Select(i => Entry(random, i)).ToArray();
            Agree(random, entries, RouteSnapshotTests.Compile(entries));
        }
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void Apply_step_by_step_gives_the_table_that_one_step_gives(int seed)
    {
        var random = new Random(seed);
        var compilation = new RouteCompilation(GivenClusters.Table().Get);
        var entries = new List<RouteEntry>();
        for (var step = 0; step < 300; step++)
        {
            if (entries.Count > 0 && random.Next(3) == 0)
            {
                entries.RemoveAt(random.Next(entries.Count));
            }
            else if (entries.Count > 0 && random.Next(3) == 0)
            {
                var at = random.Next(entries.Count);
                entries[at] = Entry(random, int.Parse(entries[at].Name.Name[1..], null));
            }
            else if (entries.Count < 30)
            {
                entries.Add(Entry(random, step));
            }

            var table = compilation.Apply(entries);
            var anew = RouteSnapshotTests.Compile(entries);

            Agree(random, entries, table);
            Assert.Equal(anew.Routes.Select(r => r.Tag), table.Routes.Select(r => r.Tag));
            Assert.Equal(anew.Conflicts, table.Conflicts);
            Assert.Equal(anew.LooksAtFields, table.LooksAtFields);
        }
    }

    [Fact]
    public void Apply_leaves_the_table_before_as_it_was()
    {
        var random = new Random(21);
        var compilation = new RouteCompilation(GivenClusters.Table().Get);
        var entries = Enumerable.Range(0, 20).Select(i => Entry(random, i)).ToList();
        var before = compilation.Apply(entries);
        RouteEntry[] then = [.. entries];
        for (var step = 0; step < 20; step++)
        {
            entries[step] = Entry(random, step);
            compilation.Apply(entries);
            Agree(random, then, before);
        }
    }

    [Theory]
    [InlineData(31)]
    [InlineData(32)]
    public void Precedence_is_a_total_order(int seed)
    {
        var random = new Random(seed);
        var routes = RouteSnapshotTests.Compile([.. Enumerable.Range(0, 60).Select(i => Entry(random, i))]).Routes;
        foreach (var a in routes)
        {
            foreach (var b in routes)
            {
                var order = RoutePrecedence.WithinHost(a, b);
                Assert.Equal(ReferenceEquals(a, b), order == 0);
                Assert.Equal(-Math.Sign(order), Math.Sign(RoutePrecedence.WithinHost(b, a)));
                Assert.DoesNotContain(routes, c => order < 0 && RoutePrecedence.WithinHost(b, c) < 0 && RoutePrecedence.WithinHost(a, c) >= 0);
            }
        }
    }

    private static void Agree(Random random, IReadOnlyList<RouteEntry> entries, RouteSnapshot table)
    {
        for (var request = 0; request < 30; request++)
        {
            var asked = new Asked(
                Pick(random, Hosts),
                Path(random, 5) + (random.Next(4) == 0 ? "/" : string.Empty),
                Pick(random, Methods),
                random.Next(2) == 0 ? $"v={random.Next(2)}" : string.Empty,
                null,
                random.Next(2) == 0 ? [("X-A", random.Next(2).ToString(null, null))] : []);

            var expected = Search(entries, asked);
            Assert.Equal(expected, asked.In(table));
            Assert.Equal(expected, RouteCandidate.Of(table, asked.Match).FirstOrDefault(c => c.Unmet is null)?.Route.Name.Name);
        }
    }

    private static string? Search(IReadOnlyList<RouteEntry> entries, Asked asked) => entries
        .SelectMany(e => (e.Spec.Hosts is { Count: > 0 } hosts ? hosts : [""]).Select(pattern => (Entry: e, Pattern: pattern)))
        .Where(c => c.Pattern.Length == 0 || c.Pattern == asked.Host || (c.Pattern[0] == '*' && asked.Host.EndsWith(c.Pattern[1..], StringComparison.Ordinal)))
        .Where(c => TakesPath(c.Entry.Spec, asked.Path))
        .Where(c => c.Entry.Spec.Methods is not { Count: > 0 } methods || methods.Contains(asked.Method))
        .Where(c => (c.Entry.Spec.Headers ?? []).All(h => asked.Fields.Any(f => f.Name == h.Name && (h.Exact is null || f.Value == h.Exact))))
        .Where(c => (c.Entry.Spec.Query ?? []).All(q => asked.Query == $"{q.Name}={q.Exact}"))
        .OrderByDescending(c => c.Pattern.Length == 0 ? 0 : c.Pattern[0] == '*' ? 1 : 2)
        .ThenByDescending(c => c.Pattern.Length)
        .ThenBy(c => PathRank(c.Entry.Spec), StringComparer.Ordinal)
        .ThenByDescending(c => c.Entry.Spec.PathRegex?.Length)
        .ThenBy(c => c.Entry.Spec.PathRegex, StringComparer.Ordinal)
        .ThenByDescending(c => c.Entry.Spec.Methods is { Count: > 0 })
        .ThenByDescending(c => c.Entry.Spec.Headers?.Count ?? 0)
        .ThenByDescending(c => c.Entry.Spec.Query?.Count ?? 0)
        .ThenBy(c => c.Entry.Order)
        .FirstOrDefault().Entry?.Name.Name;

    private static bool TakesPath(RouteSpec spec, string path) => spec switch
    {
        { PathExact: { } exact } => path == exact,
        { PathRegex: { } regex } => Regex.IsMatch(path, $"^(?:{regex})$"),
        { PathTemplate: { } template } => Regex.IsMatch(path, "^" + template.Replace("/{*r}", "(/.*)?", StringComparison.Ordinal).Replace("{a}", "[^/]+", StringComparison.Ordinal).Replace("{b}", "[^/]+", StringComparison.Ordinal) + "$"),
        _ => spec.Path == "/" || path == spec.Path || path.StartsWith(spec.Path + "/", StringComparison.Ordinal),
    };

    // One letter a segment, so that ordinal order is precedence: text before parameter before the three endings.
    private static string PathRank(RouteSpec spec) => spec switch
    {
        { PathExact: { } exact } => Letters(exact[1..].Split('/')) + "c",
        { PathRegex: "/p/[pq]+" or "/p/.*/q" } => "ad",
        { PathRegex: "/p/q(/p)*" } => "ad",
        { PathRegex: not null } => "d",
        { PathTemplate: { } template } when template.EndsWith("/{*r}", StringComparison.Ordinal) => Letters(template[..^5].Split('/', StringSplitOptions.RemoveEmptyEntries)) + "e",
        { PathTemplate: { } template } => Letters(template[1..].Split('/')) + "c",
        _ => Letters(spec.Path!.Split('/', StringSplitOptions.RemoveEmptyEntries)) + "e",
    };

    private static string Letters(IEnumerable<string> segments) => string.Concat(segments.Select(s => s.StartsWith('{') ? 'b' : 'a'));

    private static RouteEntry Entry(Random random, int number)
    {
        var path = Path(random, 3);
        return Entries.Route($"r{number}", s => WithConditions(random, WithPath(random, path, s with { Hosts = PickHosts(random) })), order: number);
    }

    private static RouteSpec WithPath(Random random, string path, RouteSpec spec) => random.Next(6) switch
    {
        0 => spec with { PathExact = path },
        1 => spec with { PathRegex = Pick(random, Regexes) },
        2 => spec with { PathTemplate = Templated(random, path) },
        3 => spec with { PathTemplate = Templated(random, path) + (path == "/" ? "{*r}" : "/{*r}") },
        _ => spec with { Path = path },
    };

    private static RouteSpec WithConditions(Random random, RouteSpec spec) => spec with
    {
        Methods = random.Next(3) == 0 ? [.. Methods.Where(_ => random.Next(2) == 0)] : null,
        Headers = random.Next(4) == 0 ? [new RouteCondition { Name = "X-A", Exact = random.Next(2) == 0 ? "1" : null }] : null,
        Query = random.Next(4) == 0 ? [new RouteCondition { Name = "v", Exact = random.Next(2).ToString(null, null) }] : null,
    };

    private static string Templated(Random random, string path)
    {
        var segments = path.Split('/');
        string[] names = ["{a}", "{b}"];
        for (int i = 1, used = 0; i < segments.Length && used < names.Length && path != "/"; i++)
        {
            segments[i] = random.Next(2) == 0 ? names[used++] : segments[i];
        }

        return string.Join('/', segments);
    }

    private static string Path(Random random, int most)
    {
        var path = string.Concat(Enumerable.Range(0, random.Next(most + 1)).Select(_ => "/" + Pick(random, Segments)));
        return path.Length == 0 ? "/" : path;
    }

    private static T Pick<T>(Random random, T[] from) => from[random.Next(from.Length)];

    private static string[]? PickHosts(Random random)
    {
        var hosts = Patterns.Where(_ => random.Next(4) == 0).Where(p => p.Length > 0).ToArray();
        return hosts.Length == 0 ? null : hosts;
    }
}
