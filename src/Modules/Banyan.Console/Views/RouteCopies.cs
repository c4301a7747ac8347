using System.Globalization;
using System.Text.Json.Nodes;

namespace Banyan.Console.Views;

/// <summary>What became of the copies of one route's requests, since the gateway of this process began.</summary>
public sealed record RouteCopies
{
    /// <summary>Under way now.</summary>
    public required long InFlight { get; init; }

    /// <summary>Sent and answered, whatever the answer was.</summary>
    public required long Sent { get; init; }

    /// <summary>Reached nobody, or nobody answered in time.</summary>
    public required long Failed { get; init; }

    /// <summary>Not made: too many were under way, or the other service was busy.</summary>
    public required long OverBudget { get; init; }

    /// <summary>Not made: the body was too long.</summary>
    public required long TooLarge { get; init; }

    /// <summary>Not made: the request ended before it was whole.</summary>
    public required long Unfinished { get; init; }

    /// <summary>Every outcome that there was; how many were sent also when none was.</summary>
    public string Outcomes
    {
        get
        {
            (long Number, string Word)[] outcomes = [(InFlight, "under way"), (Failed, "failed"), (OverBudget, "over budget"), (TooLarge, "too large"), (Unfinished, "unfinished")];
            return string.Join(", ", outcomes.Where(o => o.Number > 0).Prepend((Sent, "sent")).Select(o => $"{o.Item1.ToString("N0", CultureInfo.InvariantCulture)} {o.Item2}"));
        }
    }

    /// <summary>Null for a route without copies.</summary>
    internal static RouteCopies? Of(JsonObject route) => route["copies"] is not JsonObject copies ? null : new RouteCopies
    {
        InFlight = JsonNumber.WholeOf(copies, "inFlight") ?? 0,
        Sent = JsonNumber.WholeOf(copies, "sent") ?? 0,
        Failed = JsonNumber.WholeOf(copies, "failed") ?? 0,
        OverBudget = JsonNumber.WholeOf(copies, "overBudget") ?? 0,
        TooLarge = JsonNumber.WholeOf(copies, "tooLarge") ?? 0,
        Unfinished = JsonNumber.WholeOf(copies, "unfinished") ?? 0,
    };
}
