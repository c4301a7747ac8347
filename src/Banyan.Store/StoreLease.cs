namespace Banyan.Store;

/// <summary>A lease as the store sees it.</summary>
/// <param name="Id">Its number, never 0.</param>
/// <param name="TimeToLive">What it was granted for; whole seconds, at least 1.</param>
/// <param name="Remaining">Time left until it expires.</param>
/// <param name="Keys">Keys bound to it, when asked for.</param>
public sealed record StoreLease(long Id, TimeSpan TimeToLive, TimeSpan Remaining, IReadOnlyList<StoreKey> Keys);

/// <summary>What a store says of itself.</summary>
/// <param name="Engine">memory, embedded, remote or etcd.</param>
/// <param name="Revision">The newest revision.</param>
/// <param name="CompactedRevision">Reads at, and watches after, a revision before this one are refused; 0 = nothing compacted.</param>
/// <param name="Keys">Number of live keys; -1 when the engine does not know cheaply.</param>
/// <param name="SizeOnDisk">Bytes on disk; 0 for memory, -1 when unknown.</param>
/// <param name="Detail">For people: directory, endpoints, leader.</param>
public sealed record StoreStatus(string Engine, long Revision, long CompactedRevision, long Keys, long SizeOnDisk, string Detail);
