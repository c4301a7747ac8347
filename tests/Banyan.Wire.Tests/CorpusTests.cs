using Banyan.Testing.Corpus;
using Banyan.Wire.Tests.Support;

namespace Banyan.Wire.Tests;

public sealed class CorpusTests
{
    private static readonly IReadOnlyList<CorpusCase> Cases = CorpusReader.ReadAll();

    [Fact]
    public void Every_case_gets_its_verdict()
    {
        var wrong = Cases.Select(c => (c, Verdict: MessageReading.Of(c))).Where(pair => pair.Verdict != pair.c.Expected).ToArray();

        Assert.True(wrong.Length == 0, string.Join('\n', wrong.Select(pair => $"{pair.c}\n  expected: {pair.c.Expected}\n  got:      {pair.Verdict}")));
    }
}
