namespace Banyan.Gateway.Ejection;

/// <summary>That an instance is, or was last, left out. Times are in ticks of 100 ns of the gateway's clock.</summary>
/// <param name="Why">For people: what it did, compared with its peers.</param>
/// <param name="Since">When it was ejected.</param>
/// <param name="Until">When it comes back at the latest.</param>
/// <param name="Count">Which ejection in a series this is; the time doubles with it.</param>
internal sealed record EjectionRecord(string Why, long Since, long Until, int Count);
