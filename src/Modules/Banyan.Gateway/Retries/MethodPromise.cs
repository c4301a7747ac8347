namespace Banyan.Gateway.Retries;

/// <summary>What a method promises about being executed twice.</summary>
internal enum MethodPromise
{
    /// <summary>Nothing: POST, PATCH, and every method not known.</summary>
    None,

    /// <summary>Twice leaves what once leaves: PUT, DELETE (RFC 9110 section 9.2.2).</summary>
    Idempotent,

    /// <summary>Asks only: GET, HEAD, OPTIONS (RFC 9110 section 9.2.1).</summary>
    Safe,
}
