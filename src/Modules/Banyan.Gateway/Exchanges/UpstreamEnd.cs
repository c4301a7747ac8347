namespace Banyan.Gateway.Exchanges;

/// <summary>What becomes of a connection to an instance.</summary>
internal enum UpstreamEnd
{
    /// <summary>Both messages were whole: the next request may use it.</summary>
    Keep,

    /// <summary>Closed in order.</summary>
    Close,

    /// <summary>Broken off, so that the instance does not take what it has for the whole.</summary>
    Reset,
}
