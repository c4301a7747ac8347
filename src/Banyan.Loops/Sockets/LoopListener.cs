using Banyan.Loops.Native;
using Banyan.Loops.Timers;

namespace Banyan.Loops.Sockets;

/// <summary>A listening socket on a loop over epoll, TCP or Unix; one per loop on the same address shares the work between loops.</summary>
public sealed unsafe class LoopListener : StreamListener, IPollable, ITimerOwner
{
    private const int LongestBatch = 64;
    private const int MostReserved = 64;
    private const long FirstPauseMilliseconds = 10;
    private const long LongestPauseMilliseconds = 640;

    private readonly IListenerOwner _owner;
    private readonly LoopTimer _resume;
    private readonly bool _unix;
    private readonly int _highest;
    private ulong _token;
    private bool _accepting;
    private int _batch = 1;
    private long _pause;

    private LoopListener(EventLoop loop, int descriptor, in LoopAddress address, IListenerOwner owner)
        : base(loop, address)
    {
        Descriptor = descriptor;
        _owner = owner;
        _unix = address.Kind == AddressKind.Unix;
        _resume = new LoopTimer(loop, this);

        // The system gives the lowest free number, so a high one means that few are left; and a process without any cannot even load code.
        var limit = Libc.DescriptorLimit();
        _highest = limit - Math.Min(MostReserved, limit / 8);
    }

    /// <summary>The descriptor, for handing over to another process (<see cref="Passing.DescriptorChannel"/>); −1 once closed.</summary>
    public int Descriptor { get; private set; }

    /// <summary>Connections reset because hardly any descriptor was left.</summary>
    public long Shed { get; private set; }

    /// <summary>Listens and accepts. Before the loop runs, or on its thread.</summary>
    /// <remarks>
    /// A Unix socket's file that nobody listens on is replaced. TCP connections get TCP_NODELAY and keep-alive without a call each: they inherit from the listener.
    /// </remarks>
    /// <exception cref="LoopException">The address is taken, not of this machine, or not permitted.</exception>
    public static LoopListener Open(EventLoop loop, in LoopAddress address, ListenOptions options, IListenerOwner owner)
    {
        var descriptor = ListenerSocket.Open(address, options);
        return Adopt(loop, descriptor, owner);
    }

    /// <summary>Accepts on a listening socket that exists already, as one handed over by another process; owns the descriptor from here on.</summary>
    /// <exception cref="LoopException">The descriptor is not a listening stream socket.</exception>
    public static LoopListener Adopt(EventLoop loop, int descriptor, IListenerOwner owner)
    {
        ListenerSocket.CheckListening(descriptor);
        var listener = new LoopListener(loop, descriptor, ListenerSocket.AddressOf(descriptor), owner);
        listener.Resume();
        return listener;
    }

    /// <inheritdoc/>
    public override LoopListener Share(EventLoop loop, IListenerOwner owner)
    {
        var duplicate = Libc.Duplicate(Descriptor);
        if (duplicate < 0)
        {
            throw new LoopException($"Loop {loop.Index} cannot share the listener on {Address}: {Errno.Describe(Libc.LastError)}. Raise the limit of open files (ulimit -n).");
        }

        return Adopt(loop, duplicate, owner);
    }

    /// <summary>Takes no new connections; they wait in the queue, for <see cref="Resume"/> or for another process that holds the descriptor.</summary>
    public void Pause()
    {
        _resume.Cancel();
        if (_accepting)
        {
            _accepting = false;
            Loop.Unwatch(_token, Descriptor);
        }
    }

    /// <summary>Takes connections again, those that waited first.</summary>
    public void Resume()
    {
        if (!_accepting && Descriptor >= 0)
        {
            // By level: a batch may leave connections in the queue. Exclusive: of loops that share a queue, not all wake for one connection.
            _token = Loop.Watch(Descriptor, PollEvents.In | PollEvents.Exclusive, this);
            _accepting = true;
        }
    }

    /// <inheritdoc/>
    /// <remarks>Where another process holds the same descriptor, use <see cref="Abandon"/>.</remarks>
    public override void Close()
    {
        while (_accepting && Descriptor >= 0 && AcceptOne())
        {
            // Until the queue is empty, or the owner closed the listener.
        }

        Abandon();
    }

    /// <summary>Closes this process's descriptor without accepting what waits.</summary>
    public void Abandon()
    {
        if (Descriptor >= 0)
        {
            Pause();
            _resume.Dispose();
            _ = Libc.Close(Descriptor);
            Descriptor = -1;
        }
    }

    void IPollable.OnEvents(PollEvents events)
    {
        // A batch that was filled hints at more: the next is larger. One that was not costs a call that finds nothing: the next is smaller.
        for (var i = 0; i < _batch; i++)
        {
            if (!_accepting || !AcceptOne())
            {
                _batch = Math.Max(1, _batch / 2);
                return;
            }
        }

        _batch = Math.Min(LongestBatch, _batch * 2);
    }

    void IPollable.OnFault(Exception fault)
    {
        // The connection the owner choked on has been aborted; the listener itself is sound.
    }

    void IPollable.Release() => Abandon();

    void ITimerOwner.OnTimer(LoopTimer timer) => Resume();

    void ITimerOwner.OnTimerFault(LoopTimer timer, Exception fault)
    {
        // Watching again failed, which is reported; without it nobody would come again.
        _resume.Arm(LongestPauseMilliseconds);
    }

    /// <summary>False when nothing waits or accepting paused.</summary>
    private bool AcceptOne()
    {
        var bytes = stackalloc byte[LoopAddress.MaxSocketAddress];
        var length = (uint)LoopAddress.MaxSocketAddress;
        var descriptor = Libc.Accept(Descriptor, bytes, &length, Libc.SockNonBlock | Libc.SockCloseOnExec);
        if (descriptor < 0)
        {
            return Refused(Libc.LastError);
        }

        if (descriptor >= _highest)
        {
            Reset(descriptor);
            PauseFor(Errno.ProcessFilesExhausted);
            return false;
        }

        _pause = 0;
        Accepted++;
        var peer = _unix ? default : LoopAddress.Read(new ReadOnlySpan<byte>(bytes, (int)Math.Min(length, LoopAddress.MaxSocketAddress)));
        var socket = LoopSocket.Accepted(Loop, descriptor, _unix, peer);
        socket.Watch();
        try
        {
            _owner.OnAccepted(this, socket);
        }
        catch
        {
            socket.Abort();
            throw;
        }

        if (socket.Owner is null)
        {
            socket.Abort();
        }

        return true;
    }

    private bool Refused(int error)
    {
        switch (error)
        {
            case Errno.Again:
                return false;
            case Errno.ProcessFilesExhausted or Errno.SystemFilesExhausted or Errno.NoBuffers or Errno.OutOfMemory:
                PauseFor(error);
                return false;
            default:
                // The connection went away while it waited (accept(2) hands on its error): the next one.
                return true;
        }
    }

    /// <summary>Trying again at once would spin: the connections stay in the queue, and the event with them.</summary>
    private void PauseFor(int error)
    {
        _pause = Math.Clamp(_pause * 2, FirstPauseMilliseconds, LongestPauseMilliseconds);
        Pause();
        _resume.Arm(_pause);
        _owner.OnAcceptPaused(this, error, TimeSpan.FromMilliseconds(_pause));
    }

    private void Reset(int descriptor)
    {
        var linger = 1L;
        _ = Libc.SetOption(descriptor, Libc.SolSocket, Libc.SoLinger, &linger, sizeof(long));
        _ = Libc.Close(descriptor);
        Shed++;
    }
}
