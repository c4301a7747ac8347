namespace Banyan.Gateway.Balancing;

/// <summary>
/// The order of turns among weighted candidates: each appears in proportion to its weight, and its turns lie as far apart as they can (5:1:1 is AABACAA, not
/// AAAAABC). Worked out once, so that taking a turn is one increment.
/// </summary>
internal static class TurnSchedule
{
    /// <summary>Longest schedule unless there are more candidates; weights are rounded to fit.</summary>
    public const int MaxLength = 2048;

    /// <summary>The candidates' places in the order of their turns.</summary>
    /// <param name="weights">Each at least 1.</param>
    public static int[] Build(ReadOnlySpan<int> weights)
    {
        var shares = Shares(weights);
        var total = 0;
        foreach (var share in shares)
        {
            total += share;
        }

        var turns = new int[total];
        var current = new int[shares.Length];
        for (var turn = 0; turn < total; turn++)
        {
            // Everybody gains its weight; who is ahead takes the turn and pays the sum.
            var best = 0;
            for (var i = 0; i < current.Length; i++)
            {
                current[i] += shares[i];
                best = current[i] > current[best] ? i : best;
            }

            current[best] -= total;
            turns[turn] = best;
        }

        return turns;
    }

    // Smallest whole numbers in the same proportion, rounded when their sum would be too long.
    private static int[] Shares(ReadOnlySpan<int> weights)
    {
        var divisor = 0;
        long sum = 0;
        foreach (var weight in weights)
        {
            divisor = Divisor(divisor, weight);
            sum += weight;
        }

        var shares = new int[weights.Length];
        var scale = sum / Math.Max(divisor, 1) <= MaxLength ? 1.0 / divisor : (double)MaxLength / sum;
        for (var i = 0; i < shares.Length; i++)
        {
            // Above so many candidates a difference in weight is not worth a schedule of a million turns.
            shares[i] = weights.Length > MaxLength ? 1 : Math.Max(1, (int)Math.Round(weights[i] * scale));
        }

        return shares;
    }

    private static int Divisor(int a, int b)
    {
        while (b != 0)
        {
            (a, b) = (b, a % b);
        }

        return a;
    }
}
