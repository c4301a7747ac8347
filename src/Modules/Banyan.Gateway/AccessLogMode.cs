namespace Banyan.Gateway;

/// <summary>Which requests get a line in the access log.</summary>
public enum AccessLogMode
{
    /// <summary>None.</summary>
    Off,

    /// <summary>Those that did not get a service's whole answer.</summary>
    Failures,

    /// <summary>Failures and every n-th of the others.</summary>
    Sampled,

    /// <summary>Every request.</summary>
    All,
}
