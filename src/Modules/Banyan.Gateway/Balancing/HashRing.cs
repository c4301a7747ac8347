namespace Banyan.Gateway.Balancing;

/// <summary>
/// Which candidate a key belongs to, such that a candidate that comes or goes moves only its own keys (Karger et al. 1997). Each has points on a circle in
/// proportion to its weight; a key belongs to the next point. The same names and weights make the same ring in every gateway.
/// </summary>
internal sealed class HashRing
{
    /// <summary>Points of a candidate of weight 100. The spread of shares is about one over its root: 8 %.</summary>
    public const int PointsOfOne = 160;

    private const int MaxPoints = 1 << 16;
    private const int UsualWeight = 100;

    private readonly ulong[] _points;
    private readonly int[] _owners;

    /// <summary>Builds the ring.</summary>
    /// <param name="names">The candidates' names, each once.</param>
    /// <param name="weights">Their weights, each at least 1.</param>
    public HashRing(IReadOnlyList<string> names, ReadOnlySpan<int> weights)
    {
        long sum = 0;
        foreach (var weight in weights)
        {
            sum += weight;
        }

        var wanted = (double)sum * PointsOfOne / UsualWeight;
        var scale = (double)PointsOfOne / UsualWeight * Math.Min(1, MaxPoints / Math.Max(wanted, 1));
        var points = new List<(ulong Point, int Owner)>();
        for (var i = 0; i < names.Count; i++)
        {
            var name = KeyHash.Of(names[i]);
            var count = Math.Max(1, (int)Math.Round(weights[i] * scale));
            for (var p = 0; p < count; p++)
            {
                points.Add((KeyHash.Mix(name + ((ulong)p * 0x9E3779B97F4A7C15)), i));
            }
        }

        points.Sort();
        _points = [.. points.Select(p => p.Point)];
        _owners = [.. points.Select(p => p.Owner)];
    }

    /// <summary>Number of points.</summary>
    public int Length => _points.Length;

    /// <summary>The place of the point a key belongs to; walking on from there (<see cref="Owner"/>, wrapping) gives the alternatives in the key's own order.</summary>
    public int Find(ulong key)
    {
        var at = Array.BinarySearch(_points, KeyHash.Mix(key));
        at = at < 0 ? ~at : at;
        return at == _points.Length ? 0 : at;
    }

    /// <summary>Who owns a point.</summary>
    /// <param name="place">Any number from 0; counted around the circle.</param>
    public int Owner(int place) => _owners[place % _owners.Length];
}
