namespace Banyan.Loops.Statistics;

/// <summary>What a loop has done so far.</summary>
/// <param name="Turns">Times it waited for events and handled them.</param>
/// <param name="Events">Events the system reported.</param>
/// <param name="Posted">Calls posted to it that it ran.</param>
/// <param name="TimersFired">Timers that fell due.</param>
/// <param name="Faults">Exceptions that handlers let out.</param>
/// <param name="OpenDescriptors">Sockets and listeners on it now.</param>
/// <param name="LongestTurn">The longest time it handled events without waiting: how long a connection may have stood still for others.</param>
public readonly record struct LoopStatistics(long Turns, long Events, long Posted, long TimersFired, long Faults, int OpenDescriptors, TimeSpan LongestTurn);
