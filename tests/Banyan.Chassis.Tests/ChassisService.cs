using Banyan.Registry.Tests;
using Banyan.Resources;
using Banyan.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Banyan.Chassis.Tests;

/// <summary>A real program with the chassis in it: answers with its name, and calls others by name.</summary>
internal sealed class ChassisService : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ChassisService(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.First());

    public IServiceProvider Services => _app.Services;

    /// <summary>Cancelled once it has given its callers time to hear that it leaves.</summary>
    public CancellationToken Stopping => _app.Lifetime.ApplicationStopping;

    public HttpClient Client => Services.GetRequiredService<IHttpClientFactory>().CreateClient("test");

    /// <summary>Holds a request to <c>/slow</c> until it is completed.</summary>
    public TaskCompletionSource Slow { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource SlowBegan { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static async Task<ChassisService> StartAsync(
        Uri? grpc, string? token, string service, string instance, string? cache = null, Action<ChassisOptions>? configure = null, Action<WebApplicationBuilder>? build = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting();
        builder.Services.AddHttpClient();
        builder.AddBanyan(o =>
        {
            o.Grpc = grpc;
            o.Service = grpc is null ? null : service;
            o.Instance = instance;
            o.CacheDirectory = cache;
            o.Ttl = TimeSpan.FromSeconds(15);
            o.DrainDelay = TimeSpan.FromMilliseconds(300);

            // Who is there answers; on a busy machine it may take long.
            o.FirstAnswerWait = Eventually.Deadline;
            o.ConnectTimeout = Eventually.Deadline;
            if (token is not null)
            {
                o.TokenFile = Path.GetTempFileName();
                File.WriteAllText(o.TokenFile, token);
            }

            configure?.Invoke(o);
        });
        build?.Invoke(builder);
        var app = builder.Build();
        var result = new ChassisService(app);
        app.UseRouting();
        app.MapGet("/who", () => instance);
        app.MapPost("/echo", async (HttpContext http) =>
        {
            using var reader = new StreamReader(http.Request.Body);
            return $"{instance} {await reader.ReadToEndAsync()}";
        });
        app.MapGet("/slow", async () =>
        {
            result.SlowBegan.TrySetResult();
            await result.Slow.Task;
            return instance;
        });
        app.MapGet("/headers", (HttpContext http) => $"{http.Request.Host} {http.Request.Headers.TraceParent}");
        await app.StartAsync();
        return result;
    }

    public static async Task<ChassisService> StartAsync(RegistryHost platform, string service, string instance, string? cache = null, Action<ChassisOptions>? configure = null) =>
        await StartAsync(platform.GrpcUrl, await platform.TokenAsync(ActorRole.Service, "default", service), service, instance, cache, configure);

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Slow.TrySetResult();
        await _app.DisposeAsync();
    }
}
