using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Banyan.Console.State;

/// <summary>
/// Reads what other modules of this process answer over HTTP, without a connection and without knowing the modules. What a module in another process answers is not
/// seen here.
/// </summary>
internal sealed class LocalEndpoints(IServiceProvider services)
{
    private volatile Func<IReadOnlyList<Endpoint>> _all = () => [];

    /// <summary>Says where the endpoints are.</summary>
    public void Use(Func<IReadOnlyList<Endpoint>> all) => _all = all;

    /// <summary>The answer to a GET without parameters; null when no module here has the endpoint, or it does not answer with 200.</summary>
    /// <param name="name">The endpoint's name: <c>gateway.routes</c>.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<JsonObject?> ReadAsync(string name, CancellationToken cancellation)
    {
        if (_all().FirstOrDefault(e => e.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName == name)?.RequestDelegate is not { } answer)
        {
            return null;
        }

        using var body = new MemoryStream();
        var context = new DefaultHttpContext { RequestServices = services, RequestAborted = cancellation };
        context.Request.Method = HttpMethods.Get;
        context.Response.Body = body;
        await answer(context);
        return context.Response.StatusCode == StatusCodes.Status200OK ? JsonNode.Parse(body.ToArray()) as JsonObject : null;
    }
}
