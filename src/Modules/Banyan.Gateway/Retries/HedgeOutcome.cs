namespace Banyan.Gateway.Retries;

/// <summary>Whose answer it was, of a request that a second instance was asked as well.</summary>
internal enum HedgeOutcome
{
    /// <summary>Only one was asked at a time.</summary>
    None,

    /// <summary>The first instance's, or nobody's.</summary>
    First,

    /// <summary>The second one's.</summary>
    Second,
}
