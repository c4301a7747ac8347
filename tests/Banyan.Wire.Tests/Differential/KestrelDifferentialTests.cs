using System.Text.RegularExpressions;
using Banyan.Testing;
using Banyan.Testing.Corpus;

namespace Banyan.Wire.Tests.Differential;

/// <summary>The corpus read by Kestrel. Where it decides otherwise, the reason is in <c>docs/internals/wire.md</c>.</summary>
public sealed partial class KestrelDifferentialTests
{
    private static readonly CorpusCase[] Requests = [.. CorpusReader.ReadAll().Where(c => c.IsRequest && !c.IsIncomplete)];

    [Fact]
    public async Task Kestrel_decides_as_the_corpus_but_for_the_differences_in_the_document()
    {
        // Only a Kestrel that waits for more, unlike any written down, comes to this end.
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await using var kestrel = await KestrelPeer.StartAsync();
        var (known, waiting) = ReadDocument();
        var differences = new List<string>();
        foreach (var message in Requests)
        {
            var status = await kestrel.StatusAsync(message.Bytes, waiting.Contains(message.ToString()), deadline.Token);
            if (message.IsAccepted != status is 204)
            {
                differences.Add(message.ToString());
            }
        }

        Assert.Equal([], differences.Except(known).Select(name => $"{name}: a new difference; find its reason and add it to docs/internals/wire.md"));
        Assert.Equal([], known.Except(differences).Select(name => $"{name}: no difference any more; remove it from docs/internals/wire.md"));
    }

    private static (HashSet<string> Known, HashSet<string> Waiting) ReadDocument()
    {
        var lines = File.ReadAllLines(Repository.Find("docs/internals/wire.md")!).SkipWhile(line => line != "## Differences from Kestrel").Skip(1).ToArray();
        var known = lines.Where(line => line.StartsWith("| ", StringComparison.Ordinal)).SelectMany(Names).ToHashSet();
        var waiting = lines.Reverse().TakeWhile(line => !line.StartsWith('|')).SelectMany(Names).ToHashSet();
        Assert.NotEmpty(known);
        Assert.Equal(3, waiting.Count);
        return (known, waiting);
    }

    private static IEnumerable<string> Names(string line) => CaseName().Matches(line).Select(match => match.Groups[1].Value);

    [GeneratedRegex("`([a-z0-9-]+/[a-z0-9-]+)`")]
    private static partial Regex CaseName();
}
