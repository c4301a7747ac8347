using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Banyan.Bench.Peers;

namespace Banyan.Bench.Gateways;

/// <summary>Our own gateway, as an installation runs it: a server with store, API, registry and gateway, a route and a service with one instance.</summary>
internal sealed class BanyanGateway(HttpMessageInvoker client, Uri api, string token)
{
    /// <summary>Starts the server and describes the origin to it.</summary>
    public static async Task<Contender> StartAsync(string banyan, string data, Cores cores, Origin origin, string certificate, CancellationToken cancellation)
    {
        var (api, grpc, http, https, http2) = (PeerProcess.FreePort(), PeerProcess.FreePort(), PeerProcess.FreePort(), PeerProcess.FreePort(), PeerProcess.FreePort());
        var process = cores.StartOnGateway(banyan, [
            "server", "--target=store,api,registry,gateway", "--data", data,
            "--set", Setting("host.http", api), "--set", Setting("host.grpc", grpc), "--set", Setting("gateway.http", http), "--set", Setting("gateway.http2", http2),
            "--set", Setting("gateway.https", https), "--set", $"gateway.certificateFile={certificate}", "--set", $"gateway.privateKeyFile={certificate}"]);
        try
        {
            await ReadyAsync(process, api, http, data, origin, cancellation);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }

        return new Contender("banyan", process, http) { Https = https, Http2 = http2, Api = api, Grpc = grpc };
    }

    /// <summary>Starts a sidecar of some program that calls the origin by name, over a Unix socket or over a port.</summary>
    public static async Task<Contender> StartSidecarAsync(string banyan, string data, Cores cores, Contender server, CancellationToken cancellation)
    {
        var (admin, outbound) = (PeerProcess.FreePort(), PeerProcess.FreePort());
        var unix = Path.Combine(data, "sidecar.sock");
        var process = cores.StartOnGateway(banyan, [
            "sidecar", "caller", "--server", Url(server.Api!.Value).AbsoluteUri, "--grpc", Url(server.Grpc!.Value).AbsoluteUri, "--token-file", Path.Combine(data, "admin.token"),
            "--admin", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{admin}"),
            "--outbound", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{outbound}"), "--port", $"unix:{unix}=origin"]);
        try
        {
            using var client = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false });
            await process.ReadyAsync(() => AnswersAsync(client, new Uri(Url(admin), "/readyz"), cancellation), cancellation);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }

        return new Contender("banyan sidecar", process, outbound) { Unix = unix };
    }

    internal static async Task<bool> AnswersAsync(HttpMessageInvoker client, Uri uri, CancellationToken cancellation)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, uri);
            using var answer = await client.SendAsync(request, cancellation);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task ReadyAsync(PeerProcess process, int api, int http, string data, Origin origin, CancellationToken cancellation)
    {
        using var client = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false });
        var address = Url(api);
        var tokenFile = Path.Combine(data, "admin.token");
        await process.ReadyAsync(async () => File.Exists(tokenFile) && await AnswersAsync(client, new Uri(address, "/readyz"), cancellation), cancellation);

        var gateway = new BanyanGateway(client, address, (await File.ReadAllTextAsync(tokenFile, cancellation)).Trim());
        await gateway.DescribeAsync(origin, cancellation);
        var front = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{http}/small"));
        await process.ReadyAsync(() => AnswersAsync(client, front, cancellation), cancellation);
    }

    private static Uri Url(int port) => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));

    private static string Setting(string name, int port) => string.Create(CultureInfo.InvariantCulture, $"{name}=127.0.0.1:{port}");

    private async Task DescribeAsync(Origin origin, CancellationToken cancellation)
    {
        await SendAsync(HttpMethod.Post, "domains/default/services", new { kind = "Service", metadata = new { name = "origin" }, spec = new { } }, cancellation);
        await SendAsync(HttpMethod.Post, "domains/default/routes", new { kind = "Route", metadata = new { name = "origin" }, spec = new { service = new { name = "origin" } } }, cancellation);
        await SendAsync(HttpMethod.Put, "domains/default/services/origin/instances/origin-1", new { host = "127.0.0.1", port = origin.Port }, cancellation);
    }

    private async Task SendAsync(HttpMethod method, string path, object body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, new Uri(api, "/api/v1/" + path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        using var answer = await client.SendAsync(request, cancellation);
        if (!answer.IsSuccessStatusCode)
        {
            throw new PeerFailedException($"{path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancellation)}");
        }
    }
}
