namespace Banyan.Registry.Health;

/// <summary>What one check saw.</summary>
/// <param name="Passed">True when the instance is well.</param>
/// <param name="Text">For people: "http GET /healthz answered 503".</param>
/// <param name="Refused">True when nobody listens: the connection was refused, not merely slow.</param>
internal readonly record struct CheckOutcome(bool Passed, string Text, bool Refused = false);
