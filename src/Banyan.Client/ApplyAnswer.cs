using System.Net;
using System.Text.Json.Nodes;

namespace Banyan.Client;

/// <summary>Reads what an apply answers: the object itself, or a dry run's envelope of outcome, object and diff.</summary>
internal static class ApplyAnswer
{
    private const string OutcomeHeader = "Banyan-Outcome";

    public static ApplyResult Read(HttpResponseMessage response, JsonObject answer)
    {
        var outcome = response.Headers.TryGetValues(OutcomeHeader, out var values) ? values.First() : (string?)answer["outcome"];
        outcome ??= response.StatusCode == HttpStatusCode.Created ? "created" : "updated";
        var document = answer["object"] as JsonObject ?? answer;
        return new ApplyResult(outcome, document, answer["diff"] as JsonArray);
    }
}
