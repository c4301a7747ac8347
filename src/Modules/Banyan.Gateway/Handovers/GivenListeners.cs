using System.Net.Sockets;
using Banyan.Loops;
using Banyan.Loops.Sockets;
using Banyan.Loops.Passing;
using Banyan.Gateway.Listening;
using Microsoft.Win32.SafeHandles;

namespace Banyan.Gateway.Handovers;

/// <summary>
/// The listening sockets that a running gateway offers to this one, which starts; they are nobody's loss until <see cref="Confirm"/>. Without any, listeners are
/// simply opened.
/// </summary>
internal sealed class GivenListeners(Socket? channel, IEnumerable<(LoopAddress Address, int Descriptor)> offered) : IDisposable
{
    private readonly List<(LoopAddress Address, int Descriptor)> _left = [.. offered];
    private readonly Dictionary<LoopAddress, LoopListener> _taken = [];
    private readonly Dictionary<LoopAddress, StreamListener> _shared = [];

    private bool _confirmed;

    /// <summary>True when one of them is used.</summary>
    public bool AnyTaken => _taken.Count > 0;

    /// <summary>True when the address comes with the hand-over.</summary>
    public bool Has(LoopAddress address) => _taken.ContainsKey(address) || _left.Exists(o => o.Address == address);

    /// <summary>True when no other gateway listens on an address that this one has opened.</summary>
    public bool IsAlone(LoopAddress address) => _confirmed || !_taken.ContainsKey(address);

    /// <summary>Listens on an address: with a socket of the running gateway when it gave one of exactly this address, paused, otherwise with one of its own.</summary>
    /// <exception cref="LoopException">As <see cref="EventLoop.Listen"/>.</exception>
    public StreamListener Open(EventLoop loop, LoopAddress address, ListenOptions options, IListenerOwner owner)
    {
        var index = _left.FindIndex(o => o.Address == address);
        if (index < 0)
        {
            // This gateway has more loops than the other: they take from a queue together, because that needs nothing of how it was opened.
            return _taken.TryGetValue(address, out var first) ? Hold(first.Share(loop, owner)) : OpenNew(loop, address, options, owner);
        }

        var listener = Hold(LoopListener.Adopt(loop, _left[index].Descriptor, owner));
        _left.RemoveAt(index);
        _taken.TryAdd(address, listener);
        return listener;
    }

    /// <summary>Spreads what is left of taken addresses over the loops: the other gateway had more of them, and what waits in each queue must be served.</summary>
    public void Spread(IReadOnlyList<GatewayLoop> loops)
    {
        var next = 0;
        for (var i = _left.Count - 1; i >= 0; i--)
        {
            var (address, descriptor) = _left[i];
            if (_taken.ContainsKey(address))
            {
                _left.RemoveAt(i);
                Hold(loops[next++ % loops.Count].Adopt(address, descriptor));
            }
        }
    }

    /// <summary>Tells the other gateway what was taken; from then on it serves only the connections it has. Returns how many addresses.</summary>
    /// <exception cref="LoopException">It is gone.</exception>
    public int Confirm()
    {
        DescriptorChannel.Send(channel!, [], HandoverMessage.Write(HandoverMessage.Taken, _taken.Keys));
        _confirmed = true;
        return _taken.Count;
    }

    /// <summary>True when the running gateway has given up waiting, or is gone.</summary>
    public bool IsLost => channel is null || (channel.Poll(TimeSpan.Zero, SelectMode.SelectRead) && channel.Available == 0);

    public void Dispose()
    {
        foreach (var (_, descriptor) in _left)
        {
            new SafeFileHandle(descriptor, ownsHandle: true).Dispose();
        }

        _left.Clear();
        channel?.Dispose();
    }

    // A Unix socket cannot be listened on twice, and the framework's sockets cannot at all: further loops take from the first one's queue.
    private StreamListener OpenNew(EventLoop loop, LoopAddress address, ListenOptions options, IListenerOwner owner)
    {
        if (_shared.TryGetValue(address, out var first))
        {
            return first.Share(loop, owner);
        }

        var listener = loop.Listen(address, options, owner);
        if (loop.IsPortable || address.Kind == AddressKind.Unix)
        {
            _shared.Add(listener.Address, listener);
        }

        return listener;
    }

    // The running gateway takes the clients until this one can serve them.
    private static LoopListener Hold(LoopListener listener)
    {
        listener.Pause();
        return listener;
    }
}
