namespace Banyan.Gateway.Limits;

/// <summary>Reads and ranks priorities.</summary>
internal static class RequestPriorities
{
    /// <summary>The part of a limit each class may fill: what lies above is kept for those that matter more.</summary>
    public static double Share(RequestPriority priority) => priority switch
    {
        RequestPriority.High => 1.0,
        RequestPriority.Low => 0.7,
        _ => 0.9,
    };

    /// <summary>
    /// A request's class from its <c>Priority</c> field (RFC 9218): urgency 5 to 7 lowers it. A client can only make itself less important; what is more
    /// important is the route's word.
    /// </summary>
    /// <param name="ofRoute">What the route says.</param>
    /// <param name="field">The field's value; empty = absent.</param>
    public static RequestPriority Of(RequestPriority ofRoute, ReadOnlySpan<byte> field)
    {
        var at = field.IndexOf("u="u8);
        var lowered = at >= 0 && at + 2 < field.Length && (at == 0 || field[at - 1] is (byte)' ' or (byte)',') && field[at + 2] is >= (byte)'5' and <= (byte)'7';
        return lowered ? RequestPriority.Low : ofRoute;
    }
}
