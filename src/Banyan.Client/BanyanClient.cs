using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Banyan.Contracts;

namespace Banyan.Client;

/// <summary>
/// A typed client of Banyan's HTTP API. The caller owns the <see cref="HttpClient"/> (its base address is the server's). Safe for concurrent use.
/// Every call throws <see cref="BanyanException"/> with the server's code and faults when the server refuses, and with
/// <c>client/unreachable</c> when it does not answer.
/// </summary>
public sealed class BanyanClient
{
    private readonly HttpClient _http;
    private readonly Func<string?> _token;

    /// <summary>Creates a client.</summary>
    /// <param name="http">Carries the requests; its <see cref="HttpClient.BaseAddress"/> must be set.</param>
    /// <param name="token">Gives the credential for each request, so that a rotated token is used at once; null for none.</param>
    public BanyanClient(HttpClient http, Func<string?>? token = null)
    {
        ArgumentNullException.ThrowIfNull(http);
        _http = http.BaseAddress is not null ? http : throw new ArgumentException("The HttpClient needs a BaseAddress: the server's URL.", nameof(http));
        _token = token ?? (() => null);
        Resources = new ResourceCalls(this);
        Instances = new InstanceCalls(this);
        Credentials = new CredentialCalls(this);
        Audit = new AuditCalls(this);
        Gateway = new GatewayCalls(this);
    }

    /// <summary>Declarative objects of every kind.</summary>
    public ResourceCalls Resources { get; }

    /// <summary>Instances of services.</summary>
    public InstanceCalls Instances { get; }

    /// <summary>Credentials.</summary>
    public CredentialCalls Credentials { get; }

    /// <summary>Who changed what, when.</summary>
    public AuditCalls Audit { get; }

    /// <summary>The gateway of the server's process.</summary>
    public GatewayCalls Gateway { get; }

    /// <summary>The server's address.</summary>
    public Uri Address => _http.BaseAddress!;

    /// <summary>The kinds this server knows.</summary>
    public async Task<IReadOnlyList<KindDescription>> KindsAsync(CancellationToken cancellation)
    {
        var answer = await GetJsonAsync("api/v1/kinds", cancellation).ConfigureAwait(false);
        return JsonLists.Items(answer).Select(item => item.Deserialize(ClientJson.Default.KindDescription)!).ToArray();
    }

    /// <summary>The modules of the server's process and their states.</summary>
    public async Task<IReadOnlyList<ModuleDescription>> ModulesAsync(CancellationToken cancellation)
    {
        var answer = await GetJsonAsync("api/v1/modules", cancellation).ConfigureAwait(false);
        return JsonLists.Items(answer).Select(item => item.Deserialize(ClientJson.Default.ModuleDescription)!).ToArray();
    }

    /// <summary>The server's version document, as it answers it.</summary>
    public async Task<JsonObject> VersionAsync(CancellationToken cancellation) =>
        (await GetJsonAsync("version", cancellation).ConfigureAwait(false)).AsObject();

    /// <summary>A new link that signs one browser in to the console as this client's credential. Only an administrator may ask for one.</summary>
    public async Task<ConsoleLink> CreateConsoleLinkAsync(CancellationToken cancellation)
    {
        using var response = await SendAsync(HttpMethod.Post, "api/v1/console/links", null, null, cancellation).ConfigureAwait(false);
        return (await ReadJsonAsync(response, cancellation).ConfigureAwait(false)).Deserialize(ClientJson.Default.ConsoleLink)!;
    }

    internal async Task<JsonNode> GetJsonAsync(string path, CancellationToken cancellation)
    {
        using var response = await SendAsync(HttpMethod.Get, path, null, null, cancellation).ConfigureAwait(false);
        return await ReadJsonAsync(response, cancellation).ConfigureAwait(false);
    }

    /// <summary>Sends one request; anything but success becomes a <see cref="BanyanException"/>.</summary>
    internal async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? body, string? ifMatch, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        if (_token() is { Length: > 0 } token)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", $"\"{ifMatch}\"");
        }

        HttpResponseMessage response;
        try
        {
            // Headers only: watches stream for hours, and bodies are read by the caller.
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        }
        catch (HttpRequestException unreachable)
        {
            throw new BanyanException(
                ClientErrors.Unreachable,
                $"The server at {Address} does not answer ({unreachable.InnerException?.Message ?? unreachable.Message}). Start it with 'banyan up' or 'banyan server', or name another one with --server.",
                unreachable);
        }
        catch (OperationCanceledException late) when (!cancellation.IsCancellationRequested)
        {
            throw new BanyanException(ClientErrors.TimedOut, $"The server at {Address} did not answer {method} /{path} in time. Try again, or look at 'banyan doctor'.", late);
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw await ProblemReader.ReadAsync(response, cancellation).ConfigureAwait(false);
        }
    }

    internal async Task<JsonNode> ReadJsonAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        try
        {
            using var body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
            return await JsonNode.ParseAsync(body, cancellationToken: cancellation).ConfigureAwait(false) ?? new JsonObject();
        }
        catch (Exception broken) when (broken is JsonException or HttpRequestException or IOException)
        {
            throw new BanyanException(
                ClientErrors.UnexpectedAnswer,
                $"{Address} answered {(int)response.StatusCode} to {response.RequestMessage?.RequestUri?.PathAndQuery} with something that is not JSON. Is it really a Banyan server?",
                broken);
        }
    }

    internal static HttpContent JsonBody(JsonNode document)
    {
        var content = new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(document.ToJsonString()));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    internal static string Escape(string segment) => Uri.EscapeDataString(segment);
}
