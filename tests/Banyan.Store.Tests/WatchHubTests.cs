using Banyan.Store.Mvcc;

namespace Banyan.Store.Tests;

public sealed class WatchHubTests
{
    /// <summary>Trimmed earlier, a compaction that reads the history on another thread would find no end, and the writer would never come back.</summary>
    [Fact]
    public void History_is_kept_until_the_compaction_that_reads_it_is_done()
    {
        var history = new RevisionHistory(1);
        history.Append([.. Enumerable.Range(2, 10).Select(_ => Array.Empty<VersionChange>())]);
        var (compacted, cut) = (1L, 1L);
        using var hub = new WatchHub(history, TimeProvider.System, () => 11, () => compacted, () => cut);
        var into = new VersionChange[16][];

        compacted = 11;
        hub.TrimHistory();
        Assert.Equal(10, history.Read(1, into));

        cut = 11;
        hub.TrimHistory();
        Assert.Equal(-1, history.Read(1, into));
    }
}
