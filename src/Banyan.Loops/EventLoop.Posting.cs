namespace Banyan.Loops;

// What other threads ask of a loop: rare (a changed configuration, a resolved name, the stop), so a lock is cheap enough and keeps the order.
public sealed partial class EventLoop
{
    private readonly Lock _postLock = new();

    private List<PostedCall> _calls = [];
    private List<PostedCall> _callsNow = [];
    private bool _closedToPosts;
    private volatile bool _anyPosted;
    private long _posted;

    /// <summary>
    /// Runs a call on the loop, after those posted before; from any thread, also the loop's own, where it runs later in the turn or in the next. An exception it
    /// throws is reported as a fault. False when the loop has ended and the call will not run.
    /// </summary>
    public bool Post(Action<object?> action, object? state) => Enqueue(new PostedCall(action, state, null));

    /// <summary>Runs a call on the loop; the task ends after it, with its exception if it throws, and fails when the loop has ended.</summary>
    public Task RunAsync(Action action)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!Enqueue(new PostedCall(static state => ((Action)state!)(), action, done)))
        {
            done.SetException(Ended());
        }

        return done.Task;
    }

    /// <summary>Runs a call on the loop and gives its value.</summary>
    public async Task<T> RunAsync<T>(Func<T> function)
    {
        T? value = default;
        await RunAsync(() => { value = function(); });
        return value!;
    }

    private bool Enqueue(PostedCall call)
    {
        bool first;
        lock (_postLock)
        {
            if (_closedToPosts)
            {
                return false;
            }

            first = _calls.Count == 0;
            _calls.Add(call);
            _anyPosted = true;
        }

        if (first)
        {
            Signal();
        }

        return true;
    }

    private void RunPosted()
    {
        if (!_anyPosted)
        {
            return;
        }

        lock (_postLock)
        {
            (_calls, _callsNow) = (_callsNow, _calls);
            _anyPosted = false;
        }

        foreach (var call in _callsNow)
        {
            Volatile.Write(ref _posted, _posted + 1);
            try
            {
                call.Action(call.State);
                call.Done?.TrySetResult();
            }
            catch (Exception fault)
            {
                if (call.Done?.TrySetException(fault) != true)
                {
                    ReportFault(fault);
                }
            }
        }

        _callsNow.Clear();
    }

    private void DropPosted()
    {
        lock (_postLock)
        {
            _closedToPosts = true;
        }

        foreach (var call in _calls)
        {
            call.Done?.SetException(Ended());
        }

        _calls.Clear();
    }

    private LoopException Ended() => new($"Loop {Index} has ended; nothing runs on it any more.");

    private readonly record struct PostedCall(Action<object?> Action, object? State, TaskCompletionSource? Done);
}
