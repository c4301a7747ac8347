namespace Banyan.Gateway.Routing.Actions;

/// <summary>What makes an attempt worth another one.</summary>
[Flags]
internal enum RetryOn
{
    None = 0,

    /// <summary>Nothing of the request reached anybody.</summary>
    ConnectFailure = 1,

    /// <summary>The connection ended before the head of the answer.</summary>
    Reset = 2,
}

/// <summary>What a route leaves of the retries its service's policy allows. It takes away; it never gives.</summary>
/// <param name="Attempts">Attempts in all, the first counted; null = as the policy says.</param>
/// <param name="On">What leads to another attempt.</param>
internal sealed record RetryPolicy(int? Attempts, RetryOn On);
