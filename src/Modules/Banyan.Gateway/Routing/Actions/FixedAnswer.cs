namespace Banyan.Gateway.Routing.Actions;

/// <summary>An answer the gateway gives by itself.</summary>
/// <param name="Status">200 to 599.</param>
/// <param name="ContentType">Of the body; not sent without one.</param>
/// <param name="Body">At most 4 KiB.</param>
internal sealed record FixedAnswer(int Status, string ContentType, byte[] Body);
