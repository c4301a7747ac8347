// Writes to a store from many places at once and says what was acknowledged, until it is killed.
//   arguments: directory, writers
//   output:    "ready", then one line an acknowledged write: writer, number, revision
using System.Globalization;
using System.Text;
using Banyan.Store;
using Banyan.Store.Embedded;

var writers = int.Parse(args[1], CultureInfo.InvariantCulture);

// Small bounds, so that segments are changed and snapshots written all the time.
var options = new EmbeddedStoreOptions { HistoryRevisions = 300, SegmentBytes = 32 << 10 };
await using var store = await EmbeddedStore.OpenAsync(args[0], options, TimeProvider.System, CancellationToken.None);
using var output = System.Console.OpenStandardOutput();
var outputLock = new Lock();
Say("ready");
await Task.WhenAll(Enumerable.Range(0, writers).Select(w => Task.Run(() => WriteAsync(w))));

async Task WriteAsync(int writer)
{
    StoreKey left = $"{writer}/left", right = $"{writer}/right", odd = $"{writer}/odd";
    var found = await store.RangeAsync(new RangeQuery(KeyRange.Single(left)), CancellationToken.None);
    var number = found.Entries is [var entry] ? long.Parse(Encoding.UTF8.GetString(entry.Value.Span), CultureInfo.InvariantCulture) : 0;
    var lease = await store.GrantLeaseAsync(TimeSpan.FromHours(1), 0, CancellationToken.None);
    while (true)
    {
        number++;
        var value = Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture));
        var result = await store.CommitAsync(
            StoreTransaction.Of(
                new StoreOperation.Put(left, value),
                number % 2 == 1 ? new StoreOperation.Put(odd, value, lease.Id) : new StoreOperation.Delete(KeyRange.Single(odd)),
                new StoreOperation.Put(right, value)),
            CancellationToken.None);
        Say(string.Create(CultureInfo.InvariantCulture, $"{writer} {number} {result.Revision}"));
    }
}

void Say(string line)
{
    var bytes = Encoding.UTF8.GetBytes(line + "\n");
    lock (outputLock)
    {
        output.Write(bytes);
    }
}
