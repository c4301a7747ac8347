using Banyan.Contracts;
using Banyan.Resources;
using Banyan.Store;

namespace Banyan.Http.Problems;

/// <summary>What a store's refusal means to a caller of the server: the same over HTTP, gRPC and in process.</summary>
public static class StoreProblems
{
    /// <param name="refusal">What the store said.</param>
    /// <param name="whenUnknown">What to do when nobody knows whether a write was done; ends the message.</param>
    public static BanyanException Of(StoreException refusal, string whenUnknown)
    {
        var (error, message) = refusal.Error switch
        {
            StoreError.NoSpace => (HttpErrors.StoreFull, refusal.Message),
            StoreError.Compacted => (ResourceErrors.Gone, refusal.Message),
            StoreError.FutureRevision => (HttpErrors.BadRequest, refusal.Message),
            StoreError.Invalid => (HttpErrors.Internal, "The store refused what it was asked to do. Report this with the trace id."),
            _ => (HttpErrors.StoreUnavailable, refusal.MaybeDone ? $"{refusal.Message} Whether the change was made is not known{whenUnknown}" : refusal.Message),
        };
        return new BanyanException(error, message, refusal);
    }
}
