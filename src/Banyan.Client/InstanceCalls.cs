using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Banyan.Client;

/// <summary>Registers, watches and removes instances of services. Every call is idempotent.</summary>
public sealed class InstanceCalls
{
    private readonly BanyanClient _client;

    internal InstanceCalls(BanyanClient client) => _client = client;

    /// <summary>Creates or replaces one registration; durable when it returns.</summary>
    public async Task RegisterAsync(InstanceAddress address, InstanceRegistration registration, CancellationToken cancellation)
    {
        using var body = BanyanClient.JsonBody(JsonSerializer.SerializeToNode(registration, ClientJson.Default.InstanceRegistration)!);
        using var response = await _client.SendAsync(HttpMethod.Put, address.Path, body, null, cancellation).ConfigureAwait(false);
    }

    /// <summary>Renews a lease. NotFound means: register again.</summary>
    /// <param name="address">Which instance.</param>
    /// <param name="state">What it says of itself, <c>up</c> or <c>down</c>; null for no opinion.</param>
    /// <param name="reason">Why, for people; null for none.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public Task HeartbeatAsync(InstanceAddress address, string? state, string? reason, CancellationToken cancellation) =>
        VerbAsync(address, "heartbeat", state, reason, cancellation);

    /// <summary>Takes the instance out of rotation; it stays registered.</summary>
    public Task DrainAsync(InstanceAddress address, string? reason, CancellationToken cancellation) => VerbAsync(address, "drain", null, reason, cancellation);

    /// <summary>Removes the registration; succeeds when it is not there.</summary>
    public async Task DeregisterAsync(InstanceAddress address, CancellationToken cancellation)
    {
        using var response = await _client.SendAsync(HttpMethod.Delete, address.Path, null, null, cancellation).ConfigureAwait(false);
    }

    /// <summary>Instances in every state.</summary>
    /// <param name="domain">Only this domain; null for all.</param>
    /// <param name="service">Only this service (needs a domain); null for all.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<IReadOnlyList<InstanceDescription>> ListAsync(string? domain, string? service, CancellationToken cancellation)
    {
        var path = service is not null && domain is not null
            ? $"api/v1/domains/{BanyanClient.Escape(domain)}/services/{BanyanClient.Escape(service)}/instances"
            : "api/v1/instances" + (domain is null ? string.Empty : $"?domain={BanyanClient.Escape(domain)}");
        var answer = await _client.GetJsonAsync(path, cancellation).ConfigureAwait(false);
        var items = answer as JsonArray ?? answer["items"] as JsonArray ?? answer["instances"] as JsonArray ?? [];
        return items.Select(item => item.Deserialize(ClientJson.Default.InstanceDescription)!).ToArray();
    }

    /// <summary>First one change with <c>Reset</c> and everything, then deltas. Ends when the server closes; call again for a new reset.</summary>
    public async IAsyncEnumerable<InstanceChange> WatchAsync(string? domain, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var path = "api/v1/instances?watch=true" + (domain is null ? string.Empty : $"&domain={BanyanClient.Escape(domain)}");
        await foreach (var (type, _, data) in EventStream.ReadAsync(_client, path, cancellation).ConfigureAwait(false))
        {
            if (type is "reset" or "delta")
            {
                var change = JsonSerializer.Deserialize(data, ClientJson.Default.InstanceChange)!;
                yield return change with { Reset = type == "reset" };
            }
        }
    }

    private async Task VerbAsync(InstanceAddress address, string verb, string? state, string? reason, CancellationToken cancellation)
    {
        var document = new JsonObject();
        if (state is not null)
        {
            document["state"] = state;
        }

        if (reason is not null)
        {
            document["reason"] = reason;
        }

        using var body = BanyanClient.JsonBody(document);
        using var response = await _client.SendAsync(HttpMethod.Post, $"{address.Path}:{verb}", body, null, cancellation).ConfigureAwait(false);
    }
}
