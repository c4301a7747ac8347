namespace Banyan.Gateway.Limits;

/// <summary>States of a <see cref="CircuitBreaker"/>.</summary>
internal enum CircuitState
{
    /// <summary>Requests pass.</summary>
    Closed,

    /// <summary>Requests are refused until a deadline.</summary>
    Open,

    /// <summary>A few requests pass, to find out.</summary>
    HalfOpen,
}
