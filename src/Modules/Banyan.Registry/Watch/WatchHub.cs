using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Banyan.Registry.Instances;

namespace Banyan.Registry.Watch;

/// <summary>
/// Tells subscribers what changed. A subscriber keeps only the version it has seen; when it comes back for more it gets everything newer in one message, however
/// long it was away. So a slow one costs no memory, holds nobody up, and misses states in between, never the newest. Subscribers of the same selection at the
/// same version share one message and its bytes.
/// </summary>
internal sealed class WatchHub(InstanceTable table, RegistryMetrics metrics)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Feed> _feeds = [];
    private readonly Dictionary<ServiceName, List<Feed>> _byService = [];
    private readonly Dictionary<string, List<Feed>> _byDomain = [];

    /// <summary>Open watches.</summary>
    public int Subscribers
    {
        get
        {
            lock (_lock)
            {
                return _feeds.Values.Sum(f => f.Subscribers.Count);
            }
        }
    }

    /// <summary>First a reset, then every newer state. Ends by cancellation only.</summary>
    public async IAsyncEnumerable<WatchFrame> SubscribeAsync(WatchSelection selection, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (!table.Ready)
        {
            throw RegistryErrors.NotReadyYet();
        }

        var signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
        var feed = Join(selection, signal);
        metrics.Subscribers.Add(1);
        try
        {
            long seen = 0;
            while (true)
            {
                var frame = feed.FrameAfter(seen, table, metrics);
                seen = frame.Version;
                if (!frame.IsEmpty)
                {
                    yield return frame;
                }

                await signal.Reader.ReadAsync(cancellation);
            }
        }
        finally
        {
            metrics.Subscribers.Add(-1);
            Leave(feed, signal);
        }
    }

    /// <summary>Wakes whoever watches something that changed since the last call.</summary>
    public void Publish()
    {
        var (services, version) = table.TakeDirty();
        if (services.Count == 0)
        {
            return;
        }

        var feeds = new HashSet<Feed>();
        lock (_lock)
        {
            foreach (var service in services)
            {
                feeds.UnionWith(_byService.GetValueOrDefault(service) ?? []);
                feeds.UnionWith(_byDomain.GetValueOrDefault(service.Domain) ?? []);
            }

            feeds.UnionWith(_byDomain.GetValueOrDefault(string.Empty) ?? []);
            foreach (var feed in feeds)
            {
                feed.Announce(version);
                foreach (var subscriber in feed.Subscribers)
                {
                    subscriber.Writer.TryWrite(true);
                }
            }
        }
    }

    private static void Remove<TKey>(Dictionary<TKey, List<Feed>> index, TKey key, Feed feed)
        where TKey : notnull
    {
        if (index.TryGetValue(key, out var feeds) && feeds.Remove(feed) && feeds.Count == 0)
        {
            index.Remove(key);
        }
    }

    private static List<Feed> ListOf<TKey>(Dictionary<TKey, List<Feed>> index, TKey key)
        where TKey : notnull
    {
        if (!index.TryGetValue(key, out var feeds))
        {
            index.Add(key, feeds = []);
        }

        return feeds;
    }

    private Feed Join(WatchSelection selection, Channel<bool> signal)
    {
        lock (_lock)
        {
            if (!_feeds.TryGetValue(selection.FeedName, out var feed))
            {
                _feeds.Add(selection.FeedName, feed = new Feed(selection));
                if (selection.Services.Count == 0)
                {
                    ListOf(_byDomain, selection.Domain).Add(feed);
                }

                foreach (var service in selection.Services)
                {
                    ListOf(_byService, new ServiceName(selection.Domain, service)).Add(feed);
                }
            }

            feed.Subscribers.Add(signal);
            return feed;
        }
    }

    private void Leave(Feed feed, Channel<bool> signal)
    {
        lock (_lock)
        {
            feed.Subscribers.Remove(signal);
            if (feed.Subscribers.Count > 0)
            {
                return;
            }

            _feeds.Remove(feed.Selection.FeedName);
            if (feed.Selection.Services.Count == 0)
            {
                Remove(_byDomain, feed.Selection.Domain, feed);
            }

            foreach (var service in feed.Selection.Services)
            {
                Remove(_byService, new ServiceName(feed.Selection.Domain, service), feed);
            }
        }
    }

    /// <summary>All subscribers of one selection.</summary>
    private sealed class Feed(WatchSelection selection)
    {
        private readonly Lock _lock = new();
        private WatchFrame? _snapshot;
        private WatchFrame? _delta;
        // The newest version subscribers were woken for; a message that reaches it is new enough to share.
        private long _announced;

        public WatchSelection Selection { get; } = selection;

        public HashSet<Channel<bool>> Subscribers { get; } = [];

        public void Announce(long version)
        {
            lock (_lock)
            {
                _announced = version;

                // The whole selection of a large registry is megabytes: not kept beyond its use.
                _snapshot = null;
            }
        }

        public WatchFrame FrameAfter(long seen, InstanceTable table, RegistryMetrics metrics)
        {
            lock (_lock)
            {
                var kept = seen == 0 ? _snapshot : _delta;
                if (kept is not null && kept.After == seen && kept.Version >= _announced && kept.Version > seen)
                {
                    metrics.Frames.Add(1, new KeyValuePair<string, object?>("bytes", "shared"));
                    return kept;
                }

                var frame = new WatchFrame(table.Changes(Selection, seen), seen);
                metrics.Frames.Add(1, new KeyValuePair<string, object?>("bytes", "built"));
                if (seen == 0)
                {
                    _snapshot = frame;
                }
                else
                {
                    _delta = frame;
                }

                return frame;
            }
        }
    }
}
