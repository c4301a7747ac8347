using Banyan.Loops.Native;

namespace Banyan.Loops.Portable;

/// <summary>Waits without the system's poller: for what operations of the framework report when they have ended, on whatever thread that is.</summary>
internal sealed class CompletionPoller : Poller
{
    private readonly Lock _lock = new();
    private readonly AutoResetEvent _arrived = new(false);
    private List<(ulong Token, PollEvents Events)> _reported = [];
    private List<(ulong Token, PollEvents Events)> _batch = [];
    private bool _closed;

    /// <inheritdoc/>
    public override int Wait(int milliseconds)
    {
        _batch.Clear();
        if (!TryTake() && milliseconds != 0)
        {
            _arrived.WaitOne(milliseconds);
            TryTake();
        }

        return _batch.Count;
    }

    /// <inheritdoc/>
    public override PollEvents Event(int index, out ulong token)
    {
        (token, var events) = _batch[index];
        return events;
    }

    /// <summary>Something happened to whose token it is; from any thread. Nobody hears it once the loop has ended.</summary>
    public void Report(ulong token, PollEvents events)
    {
        lock (_lock)
        {
            _reported.Add((token, events));
            if (_reported.Count == 1)
            {
                SetArrived();
            }
        }
    }

    /// <summary>Ends the wait; from any thread.</summary>
    public void Signal()
    {
        lock (_lock)
        {
            SetArrived();
        }
    }

    public override void Dispose()
    {
        lock (_lock)
        {
            _closed = true;
            _arrived.Dispose();
        }
    }

    private void SetArrived()
    {
        if (!_closed)
        {
            _arrived.Set();
        }
    }

    private bool TryTake()
    {
        lock (_lock)
        {
            (_reported, _batch) = (_batch, _reported);
        }

        return _batch.Count > 0;
    }
}
