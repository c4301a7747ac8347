namespace Banyan.Gateway.Clusters;

/// <summary>What an attempt says about the instance.</summary>
internal enum OutcomeKind
{
    /// <summary>Nothing: the client went away, or the gateway stopped it.</summary>
    Abandoned,

    /// <summary>An answer below 500.</summary>
    Answered,

    /// <summary>An answer of 500 or above, but 503.</summary>
    ServerError,

    /// <summary>503: the instance says itself that it cannot.</summary>
    Unavailable,

    /// <summary>No connection.</summary>
    ConnectFailed,

    /// <summary>The connection ended, or was no HTTP, before the answer was whole.</summary>
    Reset,

    /// <summary>Nothing but that it took so long: another instance, asked as well, had answered first. The latency is how long it was waited for.</summary>
    Overtaken,

    /// <summary>No answer in time.</summary>
    TimedOut,
}
