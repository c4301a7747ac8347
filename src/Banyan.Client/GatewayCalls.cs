using System.Text.Json.Nodes;

namespace Banyan.Client;

/// <summary>Asks the gateway of the server's process.</summary>
public sealed class GatewayCalls
{
    private readonly BanyanClient _client;

    internal GatewayCalls(BanyanClient client) => _client = client;

    /// <summary>What the gateway would do with a request, and why; nothing is sent. The document is the one the server answers.</summary>
    /// <param name="method">The method.</param>
    /// <param name="url">What a client would ask for.</param>
    /// <param name="headers">Header fields of the request.</param>
    /// <param name="address">The client's IP address; null = none.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<JsonObject> ExplainAsync(
        string method, string url, IEnumerable<KeyValuePair<string, string>> headers, string? address, CancellationToken cancellation)
    {
        var question = new JsonObject
        {
            ["method"] = method,
            ["url"] = url,
            ["headers"] = new JsonArray(headers.Select(h => (JsonNode)new JsonObject { ["name"] = h.Key, ["value"] = h.Value }).ToArray()),
        };
        if (address is not null)
        {
            question["address"] = address;
        }

        using var body = BanyanClient.JsonBody(question);
        using var response = await _client.SendAsync(HttpMethod.Post, "api/v1/gateway/explain", body, null, cancellation).ConfigureAwait(false);
        return (await _client.ReadJsonAsync(response, cancellation).ConfigureAwait(false)).AsObject();
    }
}
