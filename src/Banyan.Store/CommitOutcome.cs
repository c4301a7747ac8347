namespace Banyan.Store;

/// <summary>What became of one of several commits: a result or a refusal.</summary>
/// <param name="Result">The result; null when it was refused.</param>
/// <param name="Error">Why it was refused, or null.</param>
public readonly record struct CommitOutcome(CommitResult? Result, StoreException? Error)
{
    /// <summary>The result.</summary>
    /// <exception cref="StoreException">It was refused.</exception>
    public CommitResult Value => Result ?? throw (Error ?? throw new InvalidOperationException("There is no outcome."));

    /// <summary>One call a transaction, all at a time.</summary>
    internal static async ValueTask<IReadOnlyList<CommitOutcome>> OfEachAsync(
        IStore store, IReadOnlyList<StoreTransaction> transactions, CancellationToken cancellation) =>
        await Task.WhenAll(transactions.Select(transaction => OfAsync(store, transaction, cancellation)));

    private static async Task<CommitOutcome> OfAsync(IStore store, StoreTransaction transaction, CancellationToken cancellation)
    {
        try
        {
            return new CommitOutcome(await store.CommitAsync(transaction, cancellation), null);
        }
        catch (StoreException refused)
        {
            return new CommitOutcome(null, refused);
        }
    }
}
