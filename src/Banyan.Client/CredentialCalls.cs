using System.Text.Json;

namespace Banyan.Client;

/// <summary>Creates, rotates and lists credentials. Only an administrator may.</summary>
public sealed class CredentialCalls
{
    private readonly BanyanClient _client;

    internal CredentialCalls(BanyanClient client) => _client = client;

    /// <summary>All credentials, without their tokens: the server does not know them either.</summary>
    public async Task<IReadOnlyList<CredentialDescription>> ListAsync(CancellationToken cancellation)
    {
        var answer = await _client.GetJsonAsync("api/v1/credentials", cancellation).ConfigureAwait(false);
        return JsonLists.Items(answer).Select(item => item.Deserialize(ClientJson.Default.CredentialDescription)!).ToArray();
    }

    /// <summary>Creates a credential. The token is in this answer and nowhere else.</summary>
    public async Task<IssuedCredential> CreateAsync(CredentialRequest request, CancellationToken cancellation)
    {
        using var body = BanyanClient.JsonBody(JsonSerializer.SerializeToNode(request, ClientJson.Default.CredentialRequest)!);
        using var response = await _client.SendAsync(HttpMethod.Post, "api/v1/credentials", body, null, cancellation).ConfigureAwait(false);
        return (await _client.ReadJsonAsync(response, cancellation).ConfigureAwait(false)).Deserialize(ClientJson.Default.IssuedCredential)!;
    }

    /// <summary>Gives a credential a new token; the old one stops working at once.</summary>
    public async Task<IssuedCredential> RotateAsync(string name, CancellationToken cancellation)
    {
        using var response = await _client.SendAsync(HttpMethod.Post, $"api/v1/credentials/{BanyanClient.Escape(name)}:rotate", null, null, cancellation).ConfigureAwait(false);
        return (await _client.ReadJsonAsync(response, cancellation).ConfigureAwait(false)).Deserialize(ClientJson.Default.IssuedCredential)!;
    }
}

/// <summary>A credential to create.</summary>
/// <param name="Name">Its name, unique.</param>
/// <param name="Role"><c>administrator</c>, <c>reader</c> or <c>service</c>.</param>
/// <param name="Domain">For a service: its domain.</param>
/// <param name="Service">For a service: its name.</param>
public sealed record CredentialRequest(string Name, string Role, string? Domain, string? Service);

/// <summary>A credential as it is listed.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Role"><c>administrator</c>, <c>reader</c> or <c>service</c>.</param>
/// <param name="Domain">For a service: its domain.</param>
/// <param name="Service">For a service: its name.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="RotatedAt">When its token was last replaced.</param>
public sealed record CredentialDescription(string Name, string Role, string? Domain, string? Service, DateTimeOffset? CreatedAt, DateTimeOffset? RotatedAt);

/// <summary>A credential with its token, seen once.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Role">Its role.</param>
/// <param name="Token">The secret. Never log it.</param>
public sealed record IssuedCredential(string Name, string? Role, string Token)
{
    /// <inheritdoc/>
    public override string ToString() => $"IssuedCredential {Name} (token not shown)";
}
