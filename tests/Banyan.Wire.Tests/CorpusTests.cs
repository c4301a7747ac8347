using Banyan.Testing.Corpus;
using Banyan.Wire.Paths;
using Banyan.Wire.Tests.Support;

namespace Banyan.Wire.Tests;

public sealed class CorpusTests
{
    private const int ShortMessage = 1000;
    private static readonly IReadOnlyList<CorpusCase> Cases = CorpusReader.ReadAll();

    [Fact]
    public void Every_case_gets_its_verdict()
    {
        var wrong = Cases.Select(c => (c, Verdict: MessageReading.Of(c))).Where(pair => pair.Verdict != pair.c.Expected).ToArray();

        Assert.True(wrong.Length == 0, string.Join('\n', wrong.Select(pair => $"{pair.c}\n  expected: {pair.c.Expected}\n  got:      {pair.Verdict}")));
    }

    [Fact]
    public void Every_case_gets_its_verdict_byte_by_byte()
    {
        foreach (var message in Cases)
        {
            int[] cuts = [.. Enumerable.Range(1, Math.Max(0, Math.Min(message.Bytes.Length, ShortMessage) - 1))];

            Assert.Equal((message.Name, message.Expected), (message.Name, MessageReading.Of(message, cuts)));
        }
    }

    [Fact]
    public void Every_case_gets_its_verdict_at_every_split()
    {
        foreach (var message in Cases)
        {
            // Long messages are long by repetition: their middle is sampled.
            var length = message.Bytes.Length;
            for (var cut = 1; cut < length; cut += cut < ShortMessage || cut > length - 100 ? 1 : Math.Min(331, length - 100 - cut + 1))
            {
                Assert.Equal((message.Name, cut, message.Expected), (message.Name, cut, MessageReading.Of(message, cut)));
            }
        }
    }

    [Fact]
    public void Every_fault_is_reached()
    {
        var reached = Cases.Select(c => c.Fault).ToHashSet();
        var known = Enum.GetValues<WireFault>().Where(f => f != WireFault.None).Select(f => WireFaults.Describe(f).Name)
            .Concat(Enum.GetValues<PathFault>().Where(f => f != PathFault.None).Select(f => PathFaults.Describe(f).Name));

        // These need a path that the request parser has refused already; PathNormaliserTests reach them.
        Assert.Equal(["path-control-or-non-ascii", "path-fragment", "path-not-origin-form"], known.Except(reached).Order());
    }

    [Fact]
    public void Cases_have_names_of_their_own_and_are_many()
    {
        Assert.Equal([], Cases.GroupBy(c => c.Name).Where(g => g.Count() > 1).Select(g => g.Key));
        Assert.True(Cases.Count >= 800, $"{Cases.Count} cases");
        Assert.True(Cases.Count(c => !c.IsRequest) >= 100, "too few answers");
    }
}
