using Banyan.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Monomicrolith.Greeter;
using Monomicrolith.V1;

namespace Monomicrolith.Front;

/// <summary>Answers browsers: <c>GET /greet/{name}</c>.</summary>
public sealed class FrontModule : IModule
{
    /// <inheritdoc/>
    public string Name => "front";

    /// <inheritdoc/>
    public string Summary => "answers GET /greet/{name}";

    /// <inheritdoc/>
    public IReadOnlyList<ModuleContract> Requires => [GreeterContract.Contract];

    /// <inheritdoc/>
    public void AddServices(ModuleBuilder module)
    {
    }

    /// <inheritdoc/>
    public void MapEndpoints(ModuleEndpoints endpoints)
    {
        var greeter = endpoints.Services.GetRequiredService<IGreeter>();
        endpoints.Http.MapGet("/greet/{name}", (RequestDelegate)(async context =>
        {
            var answer = await greeter.GreetAsync(new GreetRequest { Name = (string)context.Request.RouteValues["name"]! }, context.RequestAborted);
            await context.Response.WriteAsync($"{answer.Text} (greeted by process {answer.Process}, answered by process {Environment.ProcessId})\n");
        }));
    }
}
