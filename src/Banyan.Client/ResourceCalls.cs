using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;

namespace Banyan.Client;

/// <summary>Reads and writes declarative objects of every kind.</summary>
public sealed class ResourceCalls
{
    private readonly BanyanClient _client;

    internal ResourceCalls(BanyanClient client) => _client = client;

    /// <summary>One object.</summary>
    /// <exception cref="Contracts.BanyanException">NotFound.</exception>
    public async Task<JsonObject> GetAsync(ResourceAddress address, CancellationToken cancellation) =>
        (await _client.GetJsonAsync(address.Path, cancellation).ConfigureAwait(false)).AsObject();

    /// <summary>One page. All pages of one walk are read at one revision.</summary>
    /// <param name="plural">The kind's word in paths.</param>
    /// <param name="domain">Only this domain; null for all, and for kinds without one.</param>
    /// <param name="selector">Label selector, or null.</param>
    /// <param name="limit">At most so many; 0 leaves it to the server.</param>
    /// <param name="next">The <see cref="ResourcePage.Continue"/> of the page before.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<ResourcePage> ListPageAsync(string plural, string? domain, string? selector, int limit, string? next, CancellationToken cancellation)
    {
        var path = CollectionPath(plural, domain, selector);
        path += limit > 0 ? string.Create(CultureInfo.InvariantCulture, $"&limit={limit}") : string.Empty;
        path += next is null ? string.Empty : $"&continue={BanyanClient.Escape(next)}";
        var answer = await _client.GetJsonAsync(path, cancellation).ConfigureAwait(false);
        return new ResourcePage(JsonLists.Items(answer).ToArray(), Number(answer, "revision"), (string?)Field(answer, "continue"));
    }

    /// <summary>All objects, page by page, at one revision.</summary>
    public async Task<ResourcePage> ListAsync(string plural, string? domain, string? selector, CancellationToken cancellation)
    {
        var items = new List<JsonObject>();
        ResourcePage page;
        string? next = null;
        do
        {
            page = await ListPageAsync(plural, domain, selector, 0, next, cancellation).ConfigureAwait(false);
            items.AddRange(page.Items);
            next = string.IsNullOrEmpty(page.Continue) ? null : page.Continue;
        }
        while (next is not null);

        return page with { Items = items, Continue = null };
    }

    /// <summary>Changes after a revision, in order, without gaps. Ends when the server closes; call again with the last revision seen.</summary>
    /// <exception cref="Contracts.BanyanException">Gone: the revision is compacted; list again.</exception>
    public async IAsyncEnumerable<ResourceEvent> WatchAsync(
        string plural, string? domain, string? selector, long after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var path = CollectionPath(plural, domain, selector) + string.Create(CultureInfo.InvariantCulture, $"&watch=true&after={after}");
        await foreach (var (type, id, data) in EventStream.ReadAsync(_client, path, cancellation).ConfigureAwait(false))
        {
            _ = long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var revision);
            var document = data.Length == 0 ? null : JsonNode.Parse(data) as JsonObject;
            yield return new ResourceEvent(type, revision, type == "progress" ? null : document);
        }
    }

    /// <summary>Creates or updates from an intent document: fields another manager owns stay, and taking one of them is a conflict unless forced.</summary>
    public async Task<ApplyResult> ApplyAsync(ResourceAddress address, JsonObject document, ApplyOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        var path = $"{address.Path}:apply?manager={BanyanClient.Escape(options.Manager)}{(options.Force ? "&force=true" : string.Empty)}{(options.DryRun ? "&dryRun=true" : string.Empty)}";
        using var body = BanyanClient.JsonBody(document);
        using var response = await _client.SendAsync(HttpMethod.Post, path, body, null, cancellation).ConfigureAwait(false);
        var answer = (await _client.ReadJsonAsync(response, cancellation).ConfigureAwait(false)).AsObject();
        return ApplyAnswer.Read(response, answer);
    }

    /// <summary>Replaces an object whole; <paramref name="ifMatch"/> makes it fail when somebody was faster.</summary>
    public Task<JsonObject> PutAsync(ResourceAddress address, JsonObject document, string? ifMatch, CancellationToken cancellation) =>
        WriteAsync(HttpMethod.Put, address.Path, document, "application/json", ifMatch, cancellation);

    /// <summary>Merges a patch into an object (RFC 7396).</summary>
    public Task<JsonObject> PatchAsync(ResourceAddress address, JsonObject patch, string? ifMatch, CancellationToken cancellation) =>
        WriteAsync(HttpMethod.Patch, address.Path, patch, "application/merge-patch+json", ifMatch, cancellation);

    /// <summary>Writes an object's status; for the one who owns it.</summary>
    public Task<JsonObject> PutStatusAsync(ResourceAddress address, JsonObject document, CancellationToken cancellation) =>
        WriteAsync(HttpMethod.Put, address.Path + "/status", document, "application/json", null, cancellation);

    /// <summary>Asks for deletion. With finalisers the object stays until each of them is done.</summary>
    public async Task DeleteAsync(ResourceAddress address, string? ifMatch, CancellationToken cancellation)
    {
        using var response = await _client.SendAsync(HttpMethod.Delete, address.Path, null, ifMatch, cancellation).ConfigureAwait(false);
    }

    internal static string CollectionPath(string plural, string? domain, string? selector)
    {
        var path = new StringBuilder("api/v1/");
        if (domain is not null)
        {
            path.Append("domains/").Append(BanyanClient.Escape(domain)).Append('/');
        }

        path.Append(plural).Append('?');
        if (selector is not null)
        {
            path.Append("labelSelector=").Append(BanyanClient.Escape(selector));
        }

        return path.ToString();
    }

    internal static JsonNode? Field(JsonNode answer, string name) =>
        (answer as JsonObject)?[name] ?? ((answer as JsonObject)?["metadata"] as JsonObject)?[name];

    internal static long Number(JsonNode answer, string name) => Field(answer, name) is JsonValue value && value.TryGetValue(out long number) ? number : 0;

    private async Task<JsonObject> WriteAsync(HttpMethod method, string path, JsonObject document, string mediaType, string? ifMatch, CancellationToken cancellation)
    {
        using var body = BanyanClient.JsonBody(document);
        body.Headers.ContentType = new System.Net.Http.Headers.MediaTypeHeaderValue(mediaType);
        using var response = await _client.SendAsync(method, path, body, ifMatch, cancellation).ConfigureAwait(false);
        return (await _client.ReadJsonAsync(response, cancellation).ConfigureAwait(false)).AsObject();
    }
}
