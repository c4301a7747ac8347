using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Banyan.Client.Tests;

/// <summary>A real server on loopback that answers what the test says and remembers what it was asked.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ScriptedServer(WebApplication app, RequestDelegate answer)
    {
        _app = app;
        app.Run(async context =>
        {
            using var body = new StreamReader(context.Request.Body);
            lock (Requests)
            {
                Requests.Add(new Seen(
                    context.Request.Method,
                    context.Request.Path.Value + context.Request.QueryString.Value,
                    context.Request.Headers.Authorization.ToString(),
                    context.Request.Headers.IfMatch.ToString(),
                    context.Request.ContentType,
                    body.ReadToEndAsync().GetAwaiter().GetResult()));
            }

            await answer(context);
        });
    }

    public List<Seen> Requests { get; } = [];

    public Uri Address => new(_app.Urls.Single());

    public static async Task<ScriptedServer> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var server = new ScriptedServer(builder.Build(), answer);
        await server._app.StartAsync();
        return server;
    }

    public static Task<ScriptedServer> AnsweringAsync(int status, string body, string type = "application/json") => StartAsync(async context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        await context.Response.WriteAsync(body);
    });

    public BanyanClient Client(string? token = null)
    {
        var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Address };
        return new BanyanClient(http, () => token);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    internal sealed record Seen(string Method, string Target, string Authorization, string IfMatch, string? ContentType, string Body);
}
