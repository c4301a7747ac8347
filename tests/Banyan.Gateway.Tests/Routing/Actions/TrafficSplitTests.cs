using System.Text;
using Banyan.Gateway.Clusters;
using Banyan.Gateway.Routing.Actions;
using Banyan.Gateway.Tests.Support;
using Banyan.Testing;

namespace Banyan.Gateway.Tests.Routing.Actions;

public sealed class TrafficSplitTests
{
    private const int Users = 20_000;

    [Fact]
    public void Hash_is_the_one_of_the_paper()
    {
        // Appendix A: key 00 01 … 0f, message 00 01 … 0e.
        var hash = new KeyedHash(0x0706050403020100, 0x0f0e0d0c0b0a0908);

        Assert.Equal(0xa129ca6149be45e5UL, hash.Of([.. Enumerable.Range(0, 15).Select(i => (byte)i)]));
    }

    [Theory]
    [InlineData(500, 1000)]
    [InlineData(0, 1)]
    [InlineData(1, 2500)]
    [InlineData(2500, 10_000)]
    public void Raising_a_share_moves_nobody_who_was_moved_already(int before, int after)
    {
        var (low, high) = (Split("s", before), Split("s", after));
        var moved = 0;
        for (var user = 0; user < Users; user++)
        {
            var (was, is_) = (PartOf(low, user), PartOf(high, user));
            Assert.False(was == 0 && is_ != 0, $"user {user} went back");
            moved += was != is_ ? 1 : 0;
        }

        AssertNear((after - before) / 10_000.0, moved);
    }

    [Theory]
    [InlineData(500, 500, 1500, 500)]
    [InlineData(500, 500, 500, 3000)]
    [InlineData(1000, 2000, 4000, 6000)]
    public void Raising_either_of_two_shares_takes_from_the_rest_only(int first, int second, int firstThen, int secondThen)
    {
        var (before, after) = (Split("s", first, second), Split("s", firstThen, secondThen));
        for (var user = 0; user < Users; user++)
        {
            var (was, is_) = (PartOf(before, user), PartOf(after, user));
            Assert.True(was == is_ || was == 2, $"user {user} went from part {was} to {is_}");
        }
    }

    [Theory]
    [InlineData(500)]
    [InlineData(3000)]
    [InlineData(2000, 3000)]
    [InlineData(100, 200, 300, 400)]
    public void Shares_are_what_they_say(params int[] shares)
    {
        var split = Split("some salt", shares);
        var counts = new int[shares.Length + 1];
        for (var user = 0; user < Users; user++)
        {
            counts[PartOf(split, user)]++;
        }

        for (var part = 0; part < counts.Length; part++)
        {
            AssertNear(split.Parts[part].BasisPoints / 10_000.0, counts[part]);
        }
    }

    [Fact]
    public void Buckets_are_uniform()
    {
        // Chi-square over 100 runs of buckets: 99 degrees of freedom, 0.001 quantile 148.2.
        var split = Split("uniform", 5000);
        var counts = new int[100];
        for (var user = 0; user < Users; user++)
        {
            counts[split.BucketOf(Key(user)) / 100]++;
        }

        Assert.InRange(counts.Sum(c => Math.Pow(c - (Users / 100.0), 2) / (Users / 100.0)), 0, 148.2);
    }

    [Fact]
    public void Two_salts_divide_independently()
    {
        var (one, other) = (Split("one", 5000), Split("other", 5000));
        var both = Enumerable.Range(0, Users).Count(user => PartOf(one, user) == 0 && PartOf(other, user) == 0);

        AssertNear(0.25, both);
    }

    [Theory]
    [InlineData("user", "user-7", true)]
    [InlineData("tenant", "acme-1", true)]
    [InlineData("device", "d7", true)]
    [InlineData("header:X-Shop", "berlin", true)]
    [InlineData("cookie:sid", "abc", true)]
    [InlineData("cookie:si", "10.0.0.1", false)]
    [InlineData("header:X-Empty", "10.0.0.1", false)]
    [InlineData("header:X-None", "10.0.0.1", false)]
    [InlineData("address", "10.0.0.1", true)]
    public void Key_is_read_where_it_is_or_the_address_stands_in(string source, string expected, bool found)
    {
        var asked = new Asked(
            Address: "10.0.0.1", Fields: [("X-User-Id", "user-7"), ("X-Tenant-Id", "acme-1"), ("X-Device-Id", "d7"), ("X-Shop", "berlin"), ("X-Empty", ""), ("Cookie", "a=b; asid=no"), ("Cookie", "x=1; sid=abc; sid=second")]);

        Assert.Equal(found, KeySource.TryParse(source)!.Read(asked.Match, out var key));
        Assert.Equal(expected, key.Length == 4 ? new System.Net.IPAddress(key).ToString() : Encoding.ASCII.GetString(key));
    }

    [Theory]
    [InlineData("header:")]
    [InlineData("header:a b")]
    [InlineData("cookie")]
    [InlineData("User")]
    [InlineData("")]
    public void Key_of_no_known_form_is_refused(string source) => Assert.Null(KeySource.TryParse(source));

    [Fact]
    public void PartOf_allocates_nothing()
    {
        var split = new TrafficSplit(KeySource.TryParse("cookie:sid")!, "s", Split("s", 5000).Parts);
        var asked = new Asked(Address: "10.0.0.1", Fields: ("Cookie", "a=b; sid=abc"));

        Assert.Equal(0, Allocations.InSteadyState(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                split.PartOf(asked.Match);
            }
        }));
    }

    private static TrafficSplit Split(string salt, params int[] shares) => new(
        KeySource.TryParse("user")!,
        salt,
        [.. shares.Append(10_000 - shares.Sum()).Select((share, i) => new SplitPart(GivenClusters.Table().Get(new ServiceName("default", $"s{i}")), share))]);

    private static byte[] Key(int user) => Encoding.ASCII.GetBytes($"user-{user}");

    private static int PartOf(TrafficSplit split, int user) => split.PartOf(split.BucketOf(Key(user)));

    // Four standard deviations of the binomial distribution: the users are fixed, so this holds always or never.
    private static void AssertNear(double share, int count)
    {
        var deviation = Math.Sqrt(Users * share * (1 - share));
        Assert.InRange(count, (Users * share) - (4 * deviation) - 1, (Users * share) + (4 * deviation) + 1);
    }
}
