using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Banyan.Chassis.Health;

/// <summary>
/// Answers <c>/healthz</c> (the process lives) and <c>/readyz</c> (it wants requests: started, not leaving, and every health check of the program is well)
/// before anything else in the pipeline, so that no authentication or redirection of the program stands in between.
/// </summary>
internal sealed class HealthEndpoints : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        var readiness = app.ApplicationServices.GetRequiredService<Readiness>();
        var checks = app.ApplicationServices.GetRequiredService<HealthCheckService>();
        var lifetime = app.ApplicationServices.GetRequiredService<IHostApplicationLifetime>();
        lifetime.ApplicationStarted.Register(readiness.Started);
        lifetime.ApplicationStopping.Register(readiness.Leaving);
        app.Use(following => http => http.Request.Path.Value switch
        {
            "/healthz" => AnswerAsync(http, null),
            "/readyz" => ReadyAsync(http, readiness, checks),
            _ => following(http),
        });
        next(app);
    };

    private static async Task ReadyAsync(HttpContext http, Readiness readiness, HealthCheckService checks)
    {
        if (readiness.NotReadyBecause is { } reason)
        {
            await AnswerAsync(http, reason);
            return;
        }

        var report = await checks.CheckHealthAsync(http.RequestAborted);
        var sick = report.Entries.Where(e => e.Value.Status == HealthStatus.Unhealthy).Select(e => e.Key).ToArray();
        await AnswerAsync(http, sick.Length == 0 ? null : $"unhealthy: {string.Join(", ", sick)}");
    }

    private static Task AnswerAsync(HttpContext http, string? problem)
    {
        http.Response.StatusCode = problem is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        http.Response.ContentType = "text/plain";
        http.Response.Headers.CacheControl = "no-store";
        return http.Response.WriteAsync(problem ?? "ok", http.RequestAborted);
    }
}
