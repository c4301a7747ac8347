using Banyan.Gateway.Failures;
using Banyan.Gateway.Limits;

namespace Banyan.Gateway.Clusters;

/// <summary>What became of a request at a service's door, worked out while its head is at hand.</summary>
/// <param name="Refusal">Why it may not come in; <see cref="Failure.None"/> = it may.</param>
/// <param name="Key">For <see cref="PickRequest.Key"/>.</param>
/// <param name="Priority">For <see cref="PickRequest.Priority"/>.</param>
internal readonly record struct Entrance(Failure Refusal, ulong Key, RequestPriority Priority);
