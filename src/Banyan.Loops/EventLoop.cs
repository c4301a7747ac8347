using System.Globalization;

using Banyan.Loops.Buffers;
using Banyan.Loops.Native;
using Banyan.Loops.Portable;
using Banyan.Loops.Sockets;
using Banyan.Loops.Statistics;
using Banyan.Loops.Timers;
using Banyan.Loops.Tls;

namespace Banyan.Loops;

/// <summary>
/// One thread that waits for sockets, timers and posted calls and calls their owners. Whatever lives on a loop is touched by its thread only; the exceptions are
/// named: <see cref="Post"/>, <see cref="RunAsync"/>, <see cref="Statistics"/>, <see cref="Dispose"/>.
/// </summary>
/// <remarks>
/// <code>
/// turn:  wait ─▶ clock ─▶ events (≤ 256) ─▶ posted calls ─▶ streams to call again ─▶ due timers ─┐
///          ▲                                                                                    │
///          └────────────────────────────────────────────────────────────────────────────────────┘
/// </code>
/// Sockets are watched by edge: registered once, and what can be read or written is remembered by the stream, so a request in steady state costs no epoll_ctl and no
/// call that only finds nothing to do. An event carries an index and a generation; one that was reported before its socket closed finds the generation gone, even
/// when the descriptor's number belongs to another socket by then.
/// <para>
/// A portable loop waits for what the framework's sockets report instead; everything else is the same, and streams cannot be told apart by their owners.
/// </para>
/// </remarks>
public sealed partial class EventLoop : IDisposable
{
    private readonly LoopOptions _options;
    private readonly Poller _poller;

    // Of the two kinds of loop: the system's poller with what ends its wait, or the framework's completions.
    private readonly EpollPoller? _epoll;
    private readonly Wakeup? _wakeup;
    private readonly CompletionPoller? _completions;
    private readonly PollTable _table = new();
    private readonly Thread _thread;
    private readonly long _origin;
    private readonly LoopAlarm? _alarm;
    private readonly byte[] _receiveBuffer;

    private List<LoopStream> _again = [];
    private List<LoopStream> _againNow = [];
    private volatile bool _stopping;
    private long _turns;
    private long _events;
    private long _timersFired;
    private long _faults;
    private long _longestTurn;

    /// <summary>A loop that runs once <see cref="Start"/> is called.</summary>
    /// <param name="index">Its number among its siblings, from 0; names its thread.</param>
    /// <param name="options">What it shares with them.</param>
    public EventLoop(int index, LoopOptions options)
    {
        Index = index;
        _options = options;
        _origin = options.Clock.GetTimestamp();
        if (options.Portable)
        {
            _poller = _completions = new CompletionPoller();
        }
        else if (HasEpoll)
        {
            _poller = _epoll = new EpollPoller();
            _wakeup = new Wakeup();
            Watch(_wakeup.Descriptor, PollEvents.In | PollEvents.Edge, _wakeup);
        }
        else
        {
            throw new PlatformNotSupportedException("Loops over epoll need Linux with 64 bits; make a portable one here (LoopOptions.Portable).");
        }

        _alarm = options.Clock == TimeProvider.System ? null : new LoopAlarm(options.Clock, this);
        _receiveBuffer = GC.AllocateUninitializedArray<byte>(options.ReceiveBufferBytes, pinned: true);
        Blocks = new BlockPool(options.BlockBytes, options.BlocksKept, options.Budget);
        _thread = new Thread(Run) { IsBackground = true, Name = string.Create(CultureInfo.InvariantCulture, $"banyan-loop-{index}") };
    }

    /// <summary>True where loops over the system's poller exist: Linux with 64 bits. Portable ones exist everywhere.</summary>
    public static bool HasEpoll => OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    /// <summary>Its number among its siblings.</summary>
    public int Index { get; }

    /// <summary>True when its streams are the framework's sockets; see <see cref="LoopOptions.Portable"/>.</summary>
    public bool IsPortable => _completions is not null;

    /// <summary>The coarse clock in milliseconds since the loop was made, read once a turn.</summary>
    public long Now => Timers.Now;

    /// <summary>
    /// One buffer for whoever receives right now; what must outlive the call is copied into a block. Pinned.
    /// </summary>
    public Span<byte> ReceiveBuffer => _receiveBuffer;

    /// <summary>Blocks for what must be kept.</summary>
    public BlockPool Blocks { get; }

    /// <summary>True on the loop's thread.</summary>
    public bool IsCurrent => Thread.CurrentThread == _thread;

    /// <summary>What it has done so far; each number is exact, all together are not of one moment.</summary>
    public LoopStatistics Statistics => new(
        Volatile.Read(ref _turns),
        Volatile.Read(ref _events),
        Volatile.Read(ref _posted),
        Volatile.Read(ref _timersFired),
        Volatile.Read(ref _faults),
        _table.Count - (_wakeup is null ? 0 : 1),
        _options.Clock.GetElapsedTime(0, Volatile.Read(ref _longestTurn)));

    internal TimerWheel Timers { get; } = new();

    /// <summary>What the loop's TLS streams share; null before the first.</summary>
    internal TlsScratch? TlsScratch { get; set; }

    internal TimeProvider Clock => _options.Clock;

    /// <summary>
    /// Opens a connection. The outcome always comes to <see cref="IStreamOwner.OnConnected"/>, later in this turn or in a later one, never from inside this call; an
    /// owner that does not want to wait longer closes the stream, and no outcome comes.
    /// </summary>
    /// <remarks>TCP gets TCP_NODELAY and keep-alive (60 s, 3 × 10 s): what waits for an answer notices that the other machine is gone.</remarks>
    public LoopStream Connect(in LoopAddress address, IStreamOwner owner) =>
        IsPortable ? PortableSocket.Connect(this, address, owner) : LoopSocket.Connect(this, address, owner);

    /// <summary>Listens and accepts. Before the loop runs, or on its thread. For more loops on the same address see <see cref="StreamListener.Share"/>.</summary>
    /// <remarks>A Unix socket's file that nobody listens on is replaced (on Linux). TCP connections get TCP_NODELAY and keep-alive as connected ones do.</remarks>
    /// <exception cref="LoopException">The address is taken, not of this machine, or not permitted.</exception>
    public StreamListener Listen(in LoopAddress address, ListenOptions options, IListenerOwner owner) =>
        IsPortable ? PortableListener.Open(this, address, options, owner) : LoopListener.Open(this, address, options, owner);

    /// <summary>Starts the thread. Listeners and sockets may be opened before, from the starting thread.</summary>
    public void Start() => _thread.Start();

    /// <summary>
    /// Ends the loop: the turn that runs is finished, every socket and listener still on it is closed without calling its owner, calls posted later are dropped, and
    /// their tasks fail. Waits for the thread, so it must not be called on it.
    /// </summary>
    public void Dispose()
    {
        if (IsCurrent)
        {
            throw new InvalidOperationException($"Loop {Index} cannot wait for itself to end; dispose it from another thread.");
        }

        if (_stopping)
        {
            return;
        }

        _stopping = true;
        if (_thread.ThreadState.HasFlag(ThreadState.Unstarted))
        {
            ReleaseAll();
            return;
        }

        Signal();
        _thread.Join();
    }

    /// <summary>Ends the wait; from any thread.</summary>
    internal void Signal()
    {
        _wakeup?.Signal();
        _completions?.Signal();
    }

    /// <summary>An operation of whose token it is has ended; from any thread. Of portable loops.</summary>
    internal void Report(ulong token, PollEvents events) => _completions!.Report(token, events);

    /// <summary>A token for what reports by <see cref="Report"/>; <see cref="Unwatch(ulong)"/> takes it back.</summary>
    internal ulong Watch(IPollable source) => _table.Add(source);

    /// <summary>Watches a descriptor; the token goes back to <see cref="Unwatch"/>.</summary>
    internal ulong Watch(int descriptor, PollEvents events, IPollable source)
    {
        var token = _table.Add(source);
        var error = _epoll!.Add(descriptor, events, token);
        if (error != 0)
        {
            _table.Remove(token);
            throw new LoopException($"Loop {Index} cannot watch a socket: {Errno.Describe(error)}. Raise fs.epoll.max_user_watches if the error is 28.");
        }

        return token;
    }

    internal void Rewatch(int descriptor, PollEvents events, ulong token) => _ = _epoll!.Modify(descriptor, events, token);

    /// <summary>Before the descriptor is closed: events reported already find nobody. Closing it takes it out of epoll.</summary>
    internal void Unwatch(ulong token) => _table.Remove(token);

    /// <summary>For a descriptor that stays open, or that another process holds too.</summary>
    internal void Unwatch(ulong token, int descriptor)
    {
        _table.Remove(token);
        _ = _epoll!.Remove(descriptor);
    }

    internal void List(LoopStream stream)
    {
        if (!stream.Listed)
        {
            stream.Listed = true;
            _again.Add(stream);
        }
    }

    internal void ReportFault(Exception fault)
    {
        Volatile.Write(ref _faults, _faults + 1);
        try
        {
            _options.OnFault(this, fault);
        }
        catch (Exception)
        {
            // Whoever reports must not end every connection of the loop; the count above still shows it.
        }
    }

    private void Run()
    {
        UpdateClock(out var turnStart);
        while (!_stopping)
        {
            // 1. Wait. A turn with work left does not sleep.
            var count = _poller.Wait(SleepTime());
            UpdateClock(out turnStart);

            // 2. Events, posted calls, streams that asked to be called again, timers.
            for (var i = 0; i < count; i++)
            {
                var events = _poller.Event(i, out var token);
                if (_table.Find(token) is { } source)
                {
                    Dispatch(source, events);
                }
            }

            RunPosted();
            CallListed();
            FireTimers();

            // 3. Count.
            Volatile.Write(ref _turns, _turns + 1);
            Volatile.Write(ref _events, _events + count);
            var turn = _options.Clock.GetTimestamp() - turnStart;
            if (turn > _longestTurn)
            {
                Volatile.Write(ref _longestTurn, turn);
            }
        }

        ReleaseAll();
    }

    private void UpdateClock(out long timestamp)
    {
        timestamp = _options.Clock.GetTimestamp();
        Timers.Now = (long)_options.Clock.GetElapsedTime(_origin, timestamp).TotalMilliseconds;
    }

    /// <summary>Milliseconds to wait; −1 without end.</summary>
    private int SleepTime()
    {
        if (_again.Count > 0)
        {
            return 0;
        }

        var next = Timers.NextSlot;
        if (_alarm is not null)
        {
            if (next == LoopTimer.Never)
            {
                _alarm.Set(Timeout.InfiniteTimeSpan);
                return -1;
            }

            // Time that passed before the alarm was set is not in it: it is set again until none has.
            long before;
            do
            {
                before = Now;
                _alarm.Set(TimeSpan.FromMilliseconds(Math.Max(0, next - before)));
                UpdateClock(out _);
            }
            while (next > Now && Now != before);

            return next <= Now ? 0 : -1;
        }

        return next == LoopTimer.Never ? -1 : (int)Math.Clamp(next - Now, 0, int.MaxValue);
    }

    private void Dispatch(IPollable source, PollEvents events)
    {
        try
        {
            source.OnEvents(events);
        }
        catch (Exception fault)
        {
            ReportFault(fault);
            source.OnFault(fault);
        }
    }

    private void CallListed()
    {
        // Those that ask again while called come in the next turn.
        (_again, _againNow) = (_againNow, _again);
        foreach (var stream in _againNow)
        {
            stream.Listed = false;
            try
            {
                stream.CallAgain();
            }
            catch (Exception fault)
            {
                ReportFault(fault);
                stream.Fail(fault);
            }
        }

        _againNow.Clear();
    }

    private void FireTimers()
    {
        while (Timers.TakeDue() is { } timer)
        {
            Volatile.Write(ref _timersFired, _timersFired + 1);
            try
            {
                timer.Owner.OnTimer(timer);
            }
            catch (Exception fault)
            {
                ReportFault(fault);
                ReportTimerFault(timer, fault);
            }
        }
    }

    private void ReportTimerFault(LoopTimer timer, Exception fault)
    {
        try
        {
            timer.Owner.OnTimerFault(timer, fault);
        }
        catch (Exception second)
        {
            ReportFault(second);
        }
    }

    private void ReleaseAll()
    {
        DropPosted();
        foreach (var source in _table.All())
        {
            source.Release();
        }

        Blocks.Drop();
        _alarm?.Dispose();
        _poller.Dispose();
    }
}
