namespace Banyan.Gateway.Policies;

/// <summary>The parts of a request that can be its key.</summary>
internal enum RequestKeyKind
{
    /// <summary>The client's address; of IPv6 the /64 network, which is what one client commonly has.</summary>
    Client,

    /// <summary>The route that takes the request.</summary>
    Route,

    /// <summary>Nothing: all requests have one key.</summary>
    All,

    /// <summary>A field of the head; requests without it have one key together.</summary>
    Header,

    /// <summary>A cookie; requests without it have one key together.</summary>
    Cookie,
}
