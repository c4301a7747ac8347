namespace Banyan.Gateway.Quotas;

/// <summary>
/// Divides a limit among gateways by what each needs: nobody gets more than it needs while another gets less and needs more (max-min fairness), and what nobody
/// needs is spread evenly, so that a gateway whose traffic begins has something at once. Pure, and the same in every gateway that sees the same needs.
/// </summary>
internal static class QuotaDivision
{
    /// <summary>Each one's part.</summary>
    /// <param name="needs">What each would use of the whole, 0 and up; more than 1 = more than there is.</param>
    /// <param name="whole">What there is to divide.</param>
    public static double[] Divide(ReadOnlySpan<double> needs, double whole)
    {
        var parts = new double[needs.Length];
        var left = whole;
        var open = needs.Length;
        var order = new int[needs.Length];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        Array.Sort(needs.ToArray(), order);

        // From the one that needs least: it gets its need or an equal part of what is left.
        foreach (var i in order)
        {
            parts[i] = Math.Min(Math.Max(needs[i], 0), left / open);
            left -= parts[i];
            open--;
        }

        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] += left / parts.Length;
        }

        return parts;
    }
}
