namespace Banyan.Gateway.Limits;

/// <summary>Whether a request may wait for room.</summary>
internal enum WaitVerdict
{
    /// <summary>Wait, and ask again when a request has ended or the wait is over.</summary>
    Wait,

    /// <summary>Too many wait already.</summary>
    Full,

    /// <summary>Its turn would come after its deadline: refused now, while the client can still do something else.</summary>
    TooLate,
}
