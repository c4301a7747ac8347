using Banyan.Gateway.Exchanges;
using Banyan.Gateway.Routing;
using Banyan.Gateway.Routing.Actions;
using Banyan.Gateway.Upstreams;
using Banyan.Loops;
using Banyan.Wire.Http1;

namespace Banyan.Gateway.Mirrors;

/// <summary>The copies of one loop: decides which requests are copied, and keeps the objects that do it for the next ones.</summary>
internal sealed class MirrorCopies(EventLoop loop, UpstreamPools upstreams, ExchangeServices services) : IRequestCopies
{
    /// <summary>Longest body that is copied, in bytes as they are sent, framing included.</summary>
    public const int MostBody = 64 * 1024;

    /// <summary>How much of an answer's body is read, in bytes, before the connection is closed instead.</summary>
    public const int MostAnswer = 1024 * 1024;

    private readonly Stack<MirrorCopy> _unused = new();
    private readonly HashSet<MirrorCopy> _used = [];

    public EventLoop Loop => loop;

    public UpstreamPools Upstreams => upstreams;

    public ExchangeServices Services => services;

    /// <inheritdoc/>
    public RequestCopy? Begin(Route route, KnownMethod method, ReadOnlySpan<byte> head, long bodyLength)
    {
        // A copy of a copy is nobody's wish, and two routes that mirror to each other's services would never end.
        var mirror = route.Mirror!;
        if (!mirror.Takes((int)((services.Traces.Next() >> 20) % TrafficSplit.Buckets)) || head.IndexOf(TrafficMirror.Field) >= 0)
        {
            return null;
        }

        var counters = route.Counters.Mirrors;
        if (bodyLength > MostBody)
        {
            counters.Count(MirrorOutcome.TooLarge);
            return null;
        }

        if (!counters.TryEnter(mirror.MaxInFlight))
        {
            counters.Count(MirrorOutcome.OverBudget);
            return null;
        }

        var copy = _unused.TryPop(out var used) ? used : new MirrorCopy(this);
        _used.Add(copy);
        copy.Begin(route, method, head);
        return copy;
    }

    /// <summary>Ends all that is under way: the loop stops.</summary>
    public void Cut()
    {
        foreach (var copy in _used.ToArray())
        {
            copy.Drop();
        }
    }

    /// <summary>Takes an object back.</summary>
    public void Return(MirrorCopy copy)
    {
        if (_used.Remove(copy))
        {
            _unused.Push(copy);
        }
    }
}
