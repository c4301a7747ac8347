using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;

namespace Banyan.Client;

/// <summary>Which audit records; null fields select everything.</summary>
/// <param name="Kind">Only this kind.</param>
/// <param name="Name">Only this object's name.</param>
/// <param name="Actor">Only what this actor did.</param>
/// <param name="Limit">At most so many, newest first; 0 leaves it to the server.</param>
public sealed record AuditQuery(string? Kind = null, string? Name = null, string? Actor = null, int Limit = 0);

/// <summary>Reads the audit log.</summary>
public sealed class AuditCalls
{
    private readonly BanyanClient _client;

    internal AuditCalls(BanyanClient client) => _client = client;

    /// <summary>Records, newest first.</summary>
    public async Task<IReadOnlyList<JsonObject>> ListAsync(AuditQuery query, CancellationToken cancellation) =>
        JsonLists.Items(await _client.GetJsonAsync(Path(query, watch: false), cancellation).ConfigureAwait(false)).ToArray();

    /// <summary>Records from now on, as they are made.</summary>
    public async IAsyncEnumerable<JsonObject> WatchAsync(AuditQuery query, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var (type, _, data) in EventStream.ReadAsync(_client, Path(query, watch: true), cancellation).ConfigureAwait(false))
        {
            if (type != "progress" && data.Length > 0 && JsonNode.Parse(data) is JsonObject entry)
            {
                yield return entry;
            }
        }
    }

    private static string Path(AuditQuery query, bool watch)
    {
        var path = new StringBuilder("api/v1/audit?");
        Add("kind", query.Kind);
        Add("name", query.Name);
        Add("actor", query.Actor);
        Add("limit", query.Limit > 0 ? query.Limit.ToString(CultureInfo.InvariantCulture) : null);
        Add("watch", watch ? "true" : null);
        return path.ToString().TrimEnd('&', '?');

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                path.Append(name).Append('=').Append(BanyanClient.Escape(value)).Append('&');
            }
        }
    }
}
