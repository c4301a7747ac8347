using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Banyan.Testing;

namespace Banyan.Functional.Tests.Platform;

/// <summary>A running <c>banyan server</c>, on ports the system chose.</summary>
internal sealed partial class BanyanServer : IAsyncDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });

    private BanyanServer(TestProcess process, string data, string tokenFile) => (Process, Data, TokenFile) = (process, data, tokenFile);

    public TestProcess Process { get; }

    public string Data { get; }

    public string TokenFile { get; }

    public Uri Http { get; private set; } = null!;

    public Uri Grpc { get; private set; } = null!;

    /// <summary>Where the gateway listens; null when it does not run here.</summary>
    public Uri? Gateway { get; private set; }

    /// <summary>Starts a server and waits until it is ready: the ports of one that runs are open before its modules have read what they know.</summary>
    /// <param name="data">Its data directory.</param>
    /// <param name="target">Its modules; null for all.</param>
    /// <param name="tokenFile">The credential it and its callers show; null for the administrator's of its data directory.</param>
    /// <param name="settings">More settings, as NAME=VALUE.</param>
    public static async Task<BanyanServer> StartAsync(string data, string? target = null, string? tokenFile = null, params string[] settings)
    {
        var server = new BanyanServer(Launch(data, target, settings), data, tokenFile ?? Path.Combine(data, "admin.token"));
        await server.Process.WaitForOutputAsync("Running; HTTP on");
        server.Http = new Uri(HttpLine().Match(server.Process.Output).Groups[1].Value);
        server.Grpc = new Uri(GrpcLine().Match(server.Process.Output).Groups[1].Value);
        server.Gateway = GatewayLine().Match(server.Process.Output) is { Success: true } listens ? new Uri(listens.Groups[1].Value) : null;
        await server.MustBeReadyAsync();
        return server;
    }

    /// <summary>Starts a gateway in a process of its own, beside a server that has the rest.</summary>
    /// <param name="data">Its data directory.</param>
    /// <param name="rest">The server with store and registry.</param>
    /// <param name="settings">More settings, as NAME=VALUE.</param>
    public static Task<BanyanServer> StartGatewayAsync(string data, BanyanServer rest, params string[] settings) => StartAsync(
        data, "gateway", rest.TokenFile, [$"store.address={rest.Grpc}", $"registry.address={rest.Grpc}", $"host.tokenFile={rest.TokenFile}", .. settings]);

    /// <summary>Starts a server without waiting for anything; for those that must not start.</summary>
    public static TestProcess Launch(string data, string? target = null, params string[] settings)
    {
        string[] own = ["host.http=127.0.0.1:0", "host.grpc=127.0.0.1:0", "gateway.http=127.0.0.1:0"];
        var set = own.Where(o => settings.All(s => !s.StartsWith(o[..(o.IndexOf('=', StringComparison.Ordinal) + 1)], StringComparison.Ordinal))).Concat(settings);
        return TestProcess.Start(
            BanyanBinary.Path,
            ["server", "--data", data, .. target is null ? (string[])[] : ["--target", target], .. set.SelectMany(s => (string[])["--set", s])],
            BanyanBinary.Environment());
    }

    /// <summary>Runs a command against this server.</summary>
    public Task<CliResult> CliAsync(params string[] arguments) => CliAsync(input: null, arguments);

    /// <summary>Runs a command against this server with text on its standard input.</summary>
    public Task<CliResult> CliAsync(string? input, string[] arguments) =>
        BanyanBinary.RunAsync([.. arguments, "--server", Http.ToString(), "--token-file", TokenFile], directory: null, input);

    /// <summary>Applies a service, and a route that leads every request to it.</summary>
    public Task ApplyServiceForAllAsync(string name) => ApplyAsync($$"""
        apiVersion: banyan/v1
        kind: Service
        metadata: { name: {{name}} }
        spec: { protocol: http }
        ---
        apiVersion: banyan/v1
        kind: Route
        metadata: { name: {{name}} }
        spec: { service: { name: {{name}} } }
        """);

    /// <summary>Applies documents, which must be accepted.</summary>
    public async Task ApplyAsync(string documents) => (await CliAsync(documents, ["apply", "-f", "-"])).Must(0);

    /// <summary>Sends a request with the server's credential.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(Http, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(TokenFile)).Trim());
        request.Content = json is null ? null : new StringContent(json, new MediaTypeHeaderValue("application/json"));
        return await _http.SendAsync(request);
    }

    /// <summary>Registers an instance that says nothing of itself later.</summary>
    public async Task RegisterAsync(string service, string id, int port)
    {
        using var answer = await SendAsync(HttpMethod.Put, $"/api/v1/domains/default/services/{service}/instances/{id}", JsonSerializer.Serialize(new { host = "127.0.0.1", port }));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Waits until the gateway has heard of everything that leads to this answer.</summary>
    public Task AnswersAsync(string path, string expected) => Eventually.True(
        async () =>
        {
            using var answer = await _http.GetAsync(new Uri(Gateway!, path));
            return await answer.Content.ReadAsStringAsync() == expected;
        },
        $"{path} answers '{expected}'");

    /// <summary>Waits until the instance is up in the list of this server.</summary>
    public Task UpAsync(string service, string id) => Eventually.True(
        async () =>
        {
            using var answer = await SendAsync(HttpMethod.Get, $"/api/v1/domains/default/services/{service}/instances/{id}");
            using var instance = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
            return answer.IsSuccessStatusCode && instance.RootElement.GetProperty("state").GetString() == "up";
        },
        $"{service}/{id} is up");

    /// <summary>Fails unless the server says that it is ready.</summary>
    public async Task MustBeReadyAsync()
    {
        var last = string.Empty;
        await Eventually.True(
            async () =>
            {
                using var answer = await _http.GetAsync(new Uri(Http, "/readyz"));
                last = $"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}";
                return answer.IsSuccessStatusCode;
            },
            $"/readyz; it answered {last}\n{Process.Output}");
    }

    /// <summary>Asks it to stop as a service manager does, and waits.</summary>
    public async Task<int> StopAsync()
    {
        Signals.Send(Process.Id, Signals.Terminate);
        return await Process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _http.Dispose();
    }

    [GeneratedRegex(@"HTTP on (http://\S+?)/?,")]
    private static partial Regex HttpLine();

    [GeneratedRegex(@"gRPC on (http://\S+?)/?,")]
    private static partial Regex GrpcLine();

    [GeneratedRegex(@"Gateway listens on (http://[^\s,]+?)/?\.?\s")]
    private static partial Regex GatewayLine();
}
