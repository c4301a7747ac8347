using Banyan.Contracts;
using Banyan.Hosting;
using Banyan.Store;
using Microsoft.Extensions.Logging;

namespace Banyan.Console.State;

/// <summary>Follows one source for as long as the console runs. A source that is away is shown as a gap in the page and tried again: it is no failure of the console.</summary>
internal abstract class Follower(LiveState state, TimeProvider clock, ILogger log) : ModuleWorker
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private TimeSpan _pause = FirstPause;

    protected LiveState State => state;

    protected override async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var reason = "The source ended its stream.";
            try
            {
                await FollowAsync(cancellation);
            }
            catch (Exception e) when (e is BanyanException or StoreException)
            {
                reason = e.Message;
            }

            cancellation.ThrowIfCancellationRequested();
            log.SourceAway(Name, reason);
            state.Gap(Name, $"{Name}: {reason}");
            await Task.Delay(_pause, clock, cancellation);
            _pause = _pause * 2 > LongestPause ? LongestPause : _pause * 2;
        }
    }

    /// <summary>Reads everything and then changes, until the source ends or fails.</summary>
    protected abstract Task FollowAsync(CancellationToken cancellation);

    /// <summary>Says that the source answers.</summary>
    protected void Heard()
    {
        _pause = FirstPause;
        state.Closed(Name);
    }
}
