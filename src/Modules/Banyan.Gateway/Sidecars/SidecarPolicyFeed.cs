using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Banyan.Gateway.Clusters;
using Banyan.Gateway.Kinds;
using Banyan.Gateway.Policies;
using Banyan.Hosting;
using Microsoft.Extensions.Logging;

namespace Banyan.Gateway.Sidecars;

/// <summary>
/// Puts declared policies into force. A sidecar has the rights of its service, which reads its own domain through the HTTP API and not the store: the list is
/// read, and read again whenever the watch tells of a change.
/// </summary>
internal sealed class SidecarPolicyFeed(Sidecar sidecar, SidecarOptions options, ProcessToken token, TimeProvider clock, ILogger<SidecarPolicyFeed> log) : ModuleWorker, IDisposable
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(5);

    // A server that has vanished without a word is noticed by this.
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(30);

    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(2) });
    private readonly string _path = options.AllDomains ? "api/v1/trafficpolicies" : $"api/v1/domains/{options.Own.Domain}/trafficpolicies";
    private readonly PoliciesInForce _policies = new(sidecar.Use);

    public override string Name => "policies";

    public void Dispose() => _client.Dispose();

    protected override async Task RunAsync(CancellationToken cancellation)
    {
        var delay = FirstDelay;
        var told = false;
        while (true)
        {
            try
            {
                var revision = await ReadAsync(cancellation);
                if (told)
                {
                    told = false;
                    SidecarLog.PoliciesBack(log);
                }

                delay = FirstDelay;
                await ChangedAsync(revision, cancellation);
                continue;
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested && e is HttpRequestException or IOException or JsonException or OperationCanceledException)
            {
                // The first interruption is everyday (a server that starts or restarts); a lasting one is not.
                if (delay > FirstDelay && !told)
                {
                    told = true;
                    SidecarLog.PoliciesLost(log, options.Server, e.Message, delay);
                }
            }

            await Task.Delay(delay, clock, cancellation);
            delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay;
        }
    }

    // All pages, at one revision; returns that.
    private async Task<long> ReadAsync(CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(KeepAlive, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        var policies = new List<DeclaredPolicy>();
        long revision;
        var next = string.Empty;
        do
        {
            using var answer = await AskAsync($"?{(next.Length == 0 ? next : $"continue={Uri.EscapeDataString(next)}")}", either.Token);
            using var page = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync(either.Token), default, either.Token);
            policies.AddRange(page.RootElement.GetProperty("items").EnumerateArray().Select(Read).OfType<DeclaredPolicy>());
            var metadata = page.RootElement.TryGetProperty("metadata", out var inner) ? inner : page.RootElement;
            revision = metadata.GetProperty("revision").GetInt64();
            next = metadata.TryGetProperty("continue", out var more) ? more.GetString() ?? string.Empty : string.Empty;
        }
        while (next.Length > 0);

        _policies.Replace(policies);
        sidecar.NameServices();
        return revision;
    }

    private async Task ChangedAsync(long revision, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(KeepAlive, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        using var answer = await AskAsync($"?watch=true&after={revision}", either.Token);
        await using var body = await answer.Content.ReadAsStreamAsync(either.Token);
        await foreach (var change in SseParser.Create(body).EnumerateAsync(either.Token))
        {
            if (change.EventType is "put" or "delete" or "error")
            {
                return;
            }

            late.CancelAfter(KeepAlive);
        }
    }

    private async Task<HttpResponseMessage> AskAsync(string query, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(options.Server, _path + query));
        if (token.Read() is { } shown)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", shown);
        }

        var answer = await _client.SendAsync(request, cancellation);
        if (answer.IsSuccessStatusCode)
        {
            return answer;
        }

        using (answer)
        {
            var hint = (int)answer.StatusCode is 401 or 403 ? " Give host.tokenFile a file with the service's token." : string.Empty;
            throw new HttpRequestException($"The answer was {(int)answer.StatusCode}.{hint}");
        }
    }

    private static DeclaredPolicy? Read(JsonElement item)
    {
        var metadata = item.GetProperty("metadata");
        return !metadata.TryGetProperty("deletedAt", out _) && item.GetProperty("spec").Deserialize(TrafficPolicyJson.Default.TrafficPolicySpec) is { } spec
            ? new DeclaredPolicy(
                metadata.GetProperty("name").GetString()!,
                new ServiceName(metadata.GetProperty("domain").GetString()!, spec.Service),
                metadata.GetProperty("createdAt").GetDateTimeOffset(),
                spec)
            : null;
    }
}
