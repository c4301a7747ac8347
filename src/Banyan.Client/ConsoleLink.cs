namespace Banyan.Client;

/// <summary>A link that signs one browser in to the console.</summary>
/// <param name="Url">Opens the console; works once. As secret as a token while it lives.</param>
/// <param name="ExpiresAt">When it stops working, used or not.</param>
public sealed record ConsoleLink(Uri Url, DateTimeOffset ExpiresAt)
{
    /// <inheritdoc/>
    public override string ToString() => $"ConsoleLink until {ExpiresAt:O} (address not shown)";
}
