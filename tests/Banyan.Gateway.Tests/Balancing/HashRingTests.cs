using Banyan.Gateway.Balancing;

namespace Banyan.Gateway.Tests.Balancing;

public sealed class HashRingTests
{
    private const int Keys = 20_000;

    [Fact]
    public void Ring_without_one_candidate_moves_only_that_ones_keys()
    {
        string[] names = [.. Enumerable.Range(1, 10).Select(i => $"pets-{i}")];
        string[] fewer = [.. names.Where(n => n != "pets-4")];
        var before = Owners(names);
        var after = Owners(fewer);

        var moved = Enumerable.Range(0, Keys).Where(k => before[k] != after[k]).ToArray();
        Assert.All(moved, k => Assert.Equal("pets-4", before[k]));

        // One in ten, and the spread of shares.
        Assert.InRange(moved.Length, Keys / 10 * 0.7, Keys / 10 * 1.3);
    }

    [Fact]
    public void Ring_gives_keys_in_proportion_to_weight()
    {
        var owners = Owners(["light", "heavy"], [100, 300]);

        Assert.InRange(owners.Count(o => o == "heavy") / (double)Keys, 0.68, 0.82);
    }

    [Fact]
    public void Ring_of_many_and_heavy_candidates_stays_bounded()
    {
        string[] names = [.. Enumerable.Range(0, 1000).Select(i => $"pets-{i}")];
        var ring = new HashRing(names, Enumerable.Repeat(1000, 1000).ToArray());

        Assert.InRange(ring.Length, 1000, 66_000);
    }

    [Fact]
    public void Ring_walked_on_from_a_key_meets_every_candidate()
    {
        string[] names = [.. Enumerable.Range(0, 5).Select(i => $"pets-{i}")];
        var ring = new HashRing(names, [100, 100, 100, 100, 100]);
        var place = ring.Find(42);

        Assert.Equal([0, 1, 2, 3, 4], Enumerable.Range(0, ring.Length).Select(i => ring.Owner(place + i)).Distinct().Order());
    }

    private static string[] Owners(string[] names, int[]? weights = null)
    {
        var ring = new HashRing(names, weights ?? [.. Enumerable.Repeat(100, names.Length)]);
        return [.. Enumerable.Range(0, Keys).Select(k => names[ring.Owner(ring.Find((ulong)k))])];
    }
}
