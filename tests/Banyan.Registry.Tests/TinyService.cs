using Banyan.Grpc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Banyan.Registry.Tests;

/// <summary>A real service on a real port whose health is the test's to set.</summary>
internal sealed class TinyService : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TinyService(WebApplication app) => _app = app;

    public int Port => new Uri(_app.Urls.First()).Port;

    public int Status { get; set; } = 200;

    public int Checks { get; private set; }

    public static async Task<TinyService> StartAsync(bool http2 = false, Action<WebApplication>? map = null, int port = 0)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls($"http://127.0.0.1:{port}");
        builder.WebHost.ConfigureKestrel(k => k.ConfigureEndpointDefaults(e => e.Protocols = http2 ? HttpProtocols.Http2 : HttpProtocols.Http1));
        builder.Services.AddBanyanGrpc();
        var app = builder.Build();
        var service = new TinyService(app);
        app.UseRouting();
        map?.Invoke(app);
        app.Map("/healthz", (HttpContext http) =>
        {
            service.Checks++;
            http.Response.StatusCode = service.Status;
            return Task.CompletedTask;
        });
        await app.StartAsync();
        return service;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
