using Banyan.Gateway.Clusters;

namespace Banyan.Gateway.Routing.Actions;

/// <summary>One side of a split.</summary>
/// <param name="Cluster">The service.</param>
/// <param name="BasisPoints">Its share in hundredths of a percent.</param>
internal sealed record SplitPart(ClusterState Cluster, int BasisPoints);

/// <summary>
/// Divides requests by identity: the same key always falls into the same of 10,000 buckets, and each part has a run of buckets.
/// <code>
///  0        500                                        9000      10000
///  | first ──▶ |  …              rest             …  ◀── last |
/// </code>
/// The first part grows upwards, the last one with a share grows downwards, what is left over is the rest's: raising a share takes buckets from the rest only,
/// so nobody who has been moved moves again. Parts between the first and the last stand behind the first in their order, and do shift when one before them grows.
/// </summary>
internal sealed class TrafficSplit
{
    public const int Buckets = 10_000;

    private readonly KeyedHash _hash;

    // For each bucket run: its exclusive upper end and its part.
    private readonly (int End, int Part)[] _runs;

    /// <summary>Makes a split.</summary>
    /// <param name="key">What identifies a request.</param>
    /// <param name="salt">Splits with different salts divide independently.</param>
    /// <param name="parts">Their shares sum up to 10,000 basis points; the last one is the rest.</param>
    public TrafficSplit(KeySource key, string salt, SplitPart[] parts)
    {
        Key = key;
        Salt = salt;
        Parts = parts;
        _hash = new KeyedHash(salt);
        var rest = parts.Length - 1;
        int[] order = parts.Length <= 2 ? [.. Enumerable.Range(0, parts.Length)] : [.. Enumerable.Range(0, rest - 1), rest, rest - 1];
        _runs = new (int, int)[parts.Length];
        var end = 0;
        for (var i = 0; i < order.Length; i++)
        {
            end += parts[order[i]].BasisPoints;
            _runs[i] = (end, order[i]);
        }
    }

    public KeySource Key { get; }

    public string Salt { get; }

    public SplitPart[] Parts { get; }

    /// <summary>What a client without a key is given, so that it has one; null = nothing, the address stands in.</summary>
    public StickyCookie? Cookie { get; init; }

    /// <summary>Which part takes a request.</summary>
    public int PartOf(in RequestMatch request)
    {
        Key.Read(request, out var key);
        return PartOf(BucketOf(key));
    }

    /// <summary>Which part takes a request, when <see cref="Cookie"/> is set where a key is missing.</summary>
    /// <param name="request">The request.</param>
    /// <param name="drawn">A value by chance, not 0; set to 0 when the request has a key, and to be given to the client otherwise.</param>
    public int PartOf(in RequestMatch request, ref ulong drawn)
    {
        if (Key.Read(request, out var key))
        {
            drawn = 0;
            return PartOf(BucketOf(key));
        }

        Span<byte> text = stackalloc byte[StickyCookie.ValueLength];
        return PartOf(BucketOf(StickyCookie.Format(drawn, text)));
    }

    /// <summary>The bucket of a key, 0 to 9,999.</summary>
    public int BucketOf(ReadOnlySpan<byte> key) => (int)Math.BigMul(_hash.Of(key), Buckets, out _);

    public int PartOf(int bucket)
    {
        foreach (var (end, part) in _runs)
        {
            if (bucket < end)
            {
                return part;
            }
        }

        return Parts.Length - 1;
    }
}
