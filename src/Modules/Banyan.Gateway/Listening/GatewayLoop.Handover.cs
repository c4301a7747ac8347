using Banyan.Loops.Sockets;

namespace Banyan.Gateway.Listening;

/// <content>Listeners given to the next gateway, or taken from the one before.</content>
internal sealed partial class GatewayLoop
{
    private readonly List<LoopListener> _further = [];

    /// <summary>All that listen here. Stable once the loop runs; until then for one thread.</summary>
    public IEnumerable<StreamListener> Listeners => ((StreamListener?[])[_listener, _secure, _http2Listener]).OfType<StreamListener>().Concat(_further);

    /// <summary>Those of them that can be handed over: sockets of a loop over epoll.</summary>
    public IEnumerable<LoopListener> GivableListeners => Listeners.OfType<LoopListener>();

    /// <summary>Accepts from one more socket of an address that is listened on already; before the loop runs.</summary>
    public LoopListener Adopt(LoopAddress address, int descriptor)
    {
        var listener = LoopListener.Adopt(Loop, descriptor, new FurtherOwner(this, Listeners.First(l => l.Address == address)));
        _further.Add(listener);
        return listener;
    }

    /// <summary>Takes clients from listeners that were paused.</summary>
    public void ResumeListening()
    {
        foreach (var listener in GivableListeners)
        {
            listener.Resume();
        }
    }

    /// <summary>Gives up the listeners of these addresses without touching who waits: another process takes from them now.</summary>
    public void LeaveListeners(IReadOnlySet<LoopAddress> taken)
    {
        foreach (var listener in GivableListeners.Where(l => taken.Contains(l.Address)))
        {
            listener.Abandon();
        }
    }

    // What it accepts is served as what the first listener of its address accepts.
    private sealed class FurtherOwner(IListenerOwner loop, StreamListener first) : IListenerOwner
    {
        void IListenerOwner.OnAccepted(StreamListener listener, LoopStream socket) => loop.OnAccepted(first, socket);

        void IListenerOwner.OnAcceptPaused(StreamListener listener, int error, TimeSpan pause) => loop.OnAcceptPaused(first, error, pause);
    }
}
