using Banyan.Testing;

namespace Banyan.Loops.Tests.Running;

/// <summary>Keeps a loop busy until it is let go, so that what happens meanwhile waits for it, all at once.</summary>
internal sealed class LoopHold : IAsyncDisposable
{
    private readonly SemaphoreSlim _hold = new(0);
    private Task _held = Task.CompletedTask;

    /// <summary>The loop is busy when this ends.</summary>
    /// <param name="running">The loop.</param>
    /// <param name="then">What it does first when it is let go.</param>
    public static async Task<LoopHold> BeginAsync(RunningLoop running, Action? then = null)
    {
        var hold = new LoopHold();
        var busy = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        hold._held = running.On(() =>
        {
            busy.SetResult();
            Assert.True(hold._hold.Wait(Eventually.Deadline), "The loop was never let go.");
            then?.Invoke();
        });
        await busy.Task;
        return hold;
    }

    public async ValueTask DisposeAsync()
    {
        _hold.Release();
        await _held;
        _hold.Dispose();
    }
}
