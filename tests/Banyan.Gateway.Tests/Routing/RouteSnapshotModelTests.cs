using Banyan.Gateway.Kinds;
using Banyan.Gateway.Routing;
using Banyan.Gateway.Tests.Support;

namespace Banyan.Gateway.Tests.Routing;

/// <summary>The compiled table against the precedence written as a plain search through all routes.</summary>
public sealed class RouteSnapshotModelTests
{
    private static readonly string[] Hosts = ["a.x", "b.x", "c.b.x", "x", "d.y"];
    private static readonly string[] Patterns = ["", "a.x", "b.x", "c.b.x", "x", "*.x", "*.b.x", "*.y"];
    private static readonly string[] Segments = ["p", "q", "pq"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Find_agrees_with_a_search_through_all_routes(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 200; round++)
        {
            var entries = Enumerable.Range(0, random.Next(1, 12))
                .Select(i => Entries.Route($"r{i}", Path(random, 3), PickHosts(random), order: i))
                .ToArray();
            var table = RouteSnapshotTests.Compile(entries);
            for (var request = 0; request < 50; request++)
            {
                var host = Hosts[random.Next(Hosts.Length)];
                var path = Path(random, 5) + (random.Next(4) == 0 ? "/" : string.Empty);

                Assert.Equal(Search(entries, host, path), table.Find(host, path)?.Name.Name);
            }
        }
    }

    private static string? Search(RouteEntry[] entries, string host, string path) => entries
        .SelectMany(e => (e.Spec.Hosts is { Count: > 0 } hosts ? hosts : [""]).Select(pattern => (Entry: e, Pattern: pattern)))
        .Where(c => c.Pattern.Length == 0 || c.Pattern == host || (c.Pattern[0] == '*' && host.EndsWith(c.Pattern[1..], StringComparison.Ordinal)))
        .Where(c => RouteRules.PathOf(c.Entry.Spec) is var p && (p == "/" || path == p || path.StartsWith(p + "/", StringComparison.Ordinal)))
        .OrderByDescending(c => c.Pattern.Length == 0 ? 0 : c.Pattern[0] == '*' ? 1 : 2)
        .ThenByDescending(c => c.Pattern.Length)
        .ThenByDescending(c => RouteRules.PathOf(c.Entry.Spec).Length)
        .ThenBy(c => c.Entry.Order)
        .FirstOrDefault().Entry?.Name.Name;

    private static string Path(Random random, int most)
    {
        var path = string.Concat(Enumerable.Range(0, random.Next(most + 1)).Select(_ => "/" + Segments[random.Next(Segments.Length)]));
        return path.Length == 0 ? "/" : path;
    }

    private static string[]? PickHosts(Random random)
    {
        var hosts = Patterns.Where(_ => random.Next(4) == 0).Where(p => p.Length > 0).ToArray();
        return hosts.Length == 0 ? null : hosts;
    }
}
