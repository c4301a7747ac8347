namespace Banyan.Gateway.Mirrors;

/// <summary>What became of a request that was to be copied.</summary>
internal enum MirrorOutcome
{
    /// <summary>The copy was sent, and something answered in time; the status does not matter.</summary>
    Sent,

    /// <summary>No copy: as many as may be were under way, the service was busy with its own requests, or there was no memory to spare.</summary>
    OverBudget,

    /// <summary>No copy: the body is longer than <see cref="MirrorCopies.MostBody"/>.</summary>
    TooLarge,

    /// <summary>No copy: the request ended before it was whole.</summary>
    Unfinished,

    /// <summary>The copy reached nobody, or no answer of HTTP came in time.</summary>
    Failed,
}
