using System.Runtime.InteropServices;

namespace Banyan.Gateway.Clusters;

/// <summary>The numbers of a cluster that every request writes, each on a cache line of its own and apart from what every request reads.</summary>
[StructLayout(LayoutKind.Explicit, Size = 4 * Line)]
internal sealed class ClusterCounters
{
    private const int Line = 64;

    /// <summary>The turn last taken.</summary>
    [FieldOffset(Line)]
    public long Turn = -1;

    /// <summary>Requests in progress.</summary>
    [FieldOffset(2 * Line)]
    public int Active;

    /// <summary>Requests refused; written only then.</summary>
    [FieldOffset(3 * Line)]
    public long Shed;

    /// <summary>Second askings; a few in a hundred at most.</summary>
    [FieldOffset((3 * Line) + 8)]
    public long Hedges;

    /// <summary>Those that were used.</summary>
    [FieldOffset((3 * Line) + 16)]
    public long HedgesWon;
}
