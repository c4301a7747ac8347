namespace Banyan.Gateway.Exchanges;

/// <summary>Where a client's connection is; see the drawing at <see cref="Exchange"/>. Each phase but the last has a deadline.</summary>
internal enum ExchangePhase
{
    /// <summary>Between requests: nothing of a next one is there.</summary>
    Idle,

    /// <summary>A part of a request's head is there.</summary>
    Head,

    /// <summary>The service is full, and the request waits for room.</summary>
    Queued,

    /// <summary>A connection to the picked instance is being opened.</summary>
    Opening,

    /// <summary>The request is on its way, or sent; nothing final of the answer is there.</summary>
    Waiting,

    /// <summary>The answer's head is with the client, its body follows.</summary>
    Answering,

    /// <summary>Both sides have switched protocols: bytes are carried as they are.</summary>
    Tunnel,

    /// <summary>Nothing is left to do.</summary>
    Closed,
}
