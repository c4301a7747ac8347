using Banyan.Store;
using Banyan.Store.Tests;

namespace Banyan.Conformance.Registry;

/// <summary>A store whose registrations cannot be read until a test opens it; everything else works. Leaves the store inside alone when it ends.</summary>
internal sealed class ClosedStore(IStore inner) : WrappedStore(inner)
{
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Open() => _opened.TrySetResult();

    public override async ValueTask<RangeResult> RangeAsync(RangeQuery query, CancellationToken cancellation)
    {
        if (query.Range.Start.ToString().StartsWith("/registry/", StringComparison.Ordinal))
        {
            await _opened.Task.WaitAsync(cancellation);
        }

        return await Inner.RangeAsync(query, cancellation);
    }

    public override ValueTask DisposeAsync()
    {
        Open();
        return ValueTask.CompletedTask;
    }
}
