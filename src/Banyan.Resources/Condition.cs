namespace Banyan.Resources;

/// <summary>One statement about an object, in its status.</summary>
/// <param name="Type">What is stated: <c>Ready</c>, <c>Accepted</c>.</param>
/// <param name="Holds">True when it holds.</param>
/// <param name="Reason">One word for machines: why.</param>
/// <param name="Message">A sentence for people: why, and what to do.</param>
/// <param name="Since">When <paramref name="Holds"/> last changed.</param>
public sealed record Condition(string Type, bool Holds, string Reason, string Message, DateTimeOffset Since);
