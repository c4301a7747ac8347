namespace Banyan.Gateway.Exchanges;

/// <summary>How a client's connection ends.</summary>
internal enum ClientEnd
{
    /// <summary>After everything written has been sent.</summary>
    Close,

    /// <summary>As <see cref="Close"/>, but what the client still sends is thrown away for a while first: its arrival would destroy the last answer.</summary>
    Linger,

    /// <summary>After everything written has been handed to the system, with a reset: the client must not take what it has for the whole.</summary>
    Reset,
}
