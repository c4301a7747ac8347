using System.Text.Json;
using System.Text.RegularExpressions;
using Banyan.Testing;

namespace Banyan.Functional.Tests.Platform;

/// <summary><c>banyan up samples/petworking</c> on free ports and a data directory of its own.</summary>
internal sealed partial class PetworkingRun : IAsyncDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });

    private PetworkingRun(TestProcess process, string data) => (Process, Data) = (process, data);

    public TestProcess Process { get; }

    public string Data { get; }

    public Uri Gateway { get; private set; } = null!;

    public Uri Api { get; private set; } = null!;

    public Uri Grpc { get; private set; } = null!;

    /// <summary>Starts it and waits for the page that says everything is up, and for the gateway to have heard so too.</summary>
    public static async Task<PetworkingRun> StartAsync(string data)
    {
        var process = TestProcess.Start(
            BanyanBinary.Path,
            ["up", "samples/petworking", "--no-build", "--data", data, "--port-api", "0", "--port-grpc", "0", "--port-gateway", "0"],
            BanyanBinary.Environment(),
            Repository.Root);
        await process.WaitForOutputAsync("Ctrl-C drains and stops everything.");
        Assert.Contains("Everything is up after", process.Output, StringComparison.Ordinal);
        using var places = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(data, "endpoints.json")));
        var run = new PetworkingRun(process, data)
        {
            Gateway = Place("gateway"),
            Api = Place("http"),
            Grpc = Place("grpc"),
        };
        foreach (var path in (string[])["/", "/pets", "/walks"])
        {
            await Eventually.True(
                async () =>
                {
                    using var answer = await run._http.GetAsync(new Uri(run.Gateway, path));
                    return answer.IsSuccessStatusCode;
                },
                $"the gateway leads {path} to an instance");
        }

        return run;

        Uri Place(string name) => new(places.RootElement.GetProperty(name).GetString()!);
    }

    /// <summary>One request through the gateway on a connection of its own or a kept one.</summary>
    public async Task<string> GetAsync(string path)
    {
        using var answer = await _http.GetAsync(new Uri(Gateway, path));
        var body = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? body : throw new InvalidOperationException($"GET {path} answered {(int)answer.StatusCode}: {body}\n{Process.Output}");
    }

    /// <summary>The instance that answered one request to /pets.</summary>
    public async Task<string> PetsInstanceAsync()
    {
        using var answer = JsonDocument.Parse(await GetAsync("/pets"));
        return answer.RootElement.GetProperty("instance").GetString()!;
    }

    /// <summary>The registry's word for each instance.</summary>
    public async Task<Dictionary<string, string>> StatesAsync()
    {
        using var list = JsonDocument.Parse((await CliAsync("instances", "list", "-A", "-o", "json")).Must(0).Out);
        return list.RootElement.GetProperty("items").EnumerateArray().ToDictionary(i => i.GetProperty("id").GetString()!, i => i.GetProperty("state").GetString()!);
    }

    public Task<CliResult> CliAsync(params string[] arguments) =>
        BanyanBinary.RunAsync([.. arguments, "--server", Api.ToString(), "--token-file", Path.Combine(Data, "admin.token")]);

    /// <summary>Process ids by instance, as the page shows them.</summary>
    public IReadOnlyDictionary<string, int> Pids() =>
        PageRow().Matches(Process.Output).ToDictionary(m => m.Groups[1].Value, m => int.Parse(m.Groups[2].ValueSpan, System.Globalization.CultureInfo.InvariantCulture));

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _http.Dispose();
    }

    [GeneratedRegex(@"(?m) ((?:pets|walks|monolith)-\d) +127\.0\.0\.1:\d+ +(\d+) +up\b")]
    private static partial Regex PageRow();
}
