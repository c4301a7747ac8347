using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Banyan.Resources.Watching;

/// <summary>Following an informer as a sequence, for whoever makes something of all objects at once.</summary>
public static class InformerSnapshots
{
    /// <summary>
    /// The snapshot as soon as there is one, and again whenever it has changed: changes that come while the reader is busy are taken together. Ends by cancellation
    /// only.
    /// </summary>
    public static IAsyncEnumerable<IReadOnlyDictionary<ResourceName, Resource<TSpec, TStatus>>> FollowAsync<TSpec, TStatus>(
        this IInformer<TSpec, TStatus> informer, CancellationToken cancellation)
        where TSpec : class
        where TStatus : class =>
        informer.FollowAsync(TimeProvider.System, Timeout.InfiniteTimeSpan, cancellation);

    /// <summary>The same, and the snapshot as it is once in a while although nothing has changed.</summary>
    /// <param name="informer">Is started.</param>
    /// <param name="clock">Measures the while.</param>
    /// <param name="every">The while; infinite = only changes.</param>
    /// <param name="cancellation">The only end.</param>
    public static async IAsyncEnumerable<IReadOnlyDictionary<ResourceName, Resource<TSpec, TStatus>>> FollowAsync<TSpec, TStatus>(
        this IInformer<TSpec, TStatus> informer, TimeProvider clock, TimeSpan every, [EnumeratorCancellation] CancellationToken cancellation)
        where TSpec : class
        where TStatus : class
    {
        // One waiting signal is enough: the snapshot is read after it.
        var signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
        void Signal() => signals.Writer.TryWrite(true);
        informer.Changed += Signal;
        try
        {
            await informer.WaitForSyncAsync(cancellation);
            using var timer = clock.CreateTimer(_ => Signal(), null, every, every);
            while (true)
            {
                yield return informer.Snapshot;
                await signals.Reader.ReadAsync(cancellation);
            }
        }
        finally
        {
            informer.Changed -= Signal;
        }
    }
}
