using Banyan.Gateway.Quotas;

namespace Banyan.Gateway.Tests.Quotas;

public sealed class QuotaDivisionTests
{
    [Fact]
    public void Divide_gives_the_modest_what_they_need_and_the_others_equal_parts()
    {
        Assert.Equal([0.1, 0.4, 0.4], QuotaDivision.Divide([0.1, 2, 5], 0.9), (a, b) => Math.Abs(a - b) < 1e-9);
        Assert.Equal([0.3, 0.3, 0.3], QuotaDivision.Divide([0, 0, 0], 0.9), (a, b) => Math.Abs(a - b) < 1e-9);
        Assert.Equal(0.9, Assert.Single(QuotaDivision.Divide([0.2], 0.9)), 9);

        // What nobody needs is spread evenly: 0.1 + 0.2 needed, 0.6 over.
        Assert.Equal([0.4, 0.5], QuotaDivision.Divide([0.1, 0.2], 0.9), (a, b) => Math.Abs(a - b) < 1e-9);
    }

    [Fact]
    public void Divide_at_random_gives_out_exactly_the_whole_and_never_less_than_nothing()
    {
        var random = new Random(23);
        for (var i = 0; i < 1000; i++)
        {
            var needs = Enumerable.Range(0, random.Next(1, 12)).Select(_ => random.NextDouble() * random.Next(3)).ToArray();
            var parts = QuotaDivision.Divide(needs, 0.9);

            Assert.Equal(0.9, parts.Sum(), 9);
            Assert.All(parts, p => Assert.True(p >= 0));

            // Whoever gets less than it needs gets no less than anybody else.
            Assert.All(Enumerable.Range(0, needs.Length).Where(k => parts[k] < needs[k] - 1e-9), k => Assert.All(parts, p => Assert.True(parts[k] >= p - 1e-9)));
        }
    }

    [Fact]
    public void Record_survives_the_store_and_what_is_unreadable_counts_as_everything()
    {
        var record = new QuotaRecord(0.25, 3.5);
        Assert.Equal(record, QuotaRecord.Parse(record.ToBytes()));
        Assert.Equal(new QuotaRecord(1, 1), QuotaRecord.Parse([]));
        Assert.Equal(new QuotaRecord(1, 1), QuotaRecord.Parse(new byte[17]));
        Assert.Equal(new QuotaRecord(1, 1), QuotaRecord.Parse(new QuotaRecord(double.NaN, 1).ToBytes()));
        Assert.Equal(new QuotaRecord(1, 1), QuotaRecord.Parse(new QuotaRecord(1.5, 1).ToBytes()));
    }
}
