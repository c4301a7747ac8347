using System.Net;
using System.Text.Json;
using Banyan.Contracts;
using Banyan.Http;
using Banyan.Http.Describing;
using Banyan.Resources;
using Banyan.Resources.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Banyan.Gateway.Endpoints;

/// <summary><c>POST /api/v1/gateway/explain</c>: what the answering process would do with a request. A question, not a change: who may read routes may ask.</summary>
internal sealed class ExplainEndpoint(RouteExplainer explainer)
{
    public void Map(IEndpointRouteBuilder http) => http.MapPost("/api/v1/gateway/explain", AnswerAsync)
        .RequireRole(ActorRole.Administrator, ActorRole.Reader)
        .WithName("gateway.explain").WithSummary("What the answering process would do with a request, and why; nothing is sent.")
        .WithMetadata(new ApiOperation
        {
            Body = new ApiSchema("ExplainRequest", GatewayJson.SchemaOf(GatewayJson.Default.ExplainRequest)),
            Answer = new ApiSchema("RouteExplanation", GatewayJson.SchemaOf(GatewayJson.Default.ExplanationView)),
        });

    private async Task AnswerAsync(HttpContext context)
    {
        var body = await RequestDocument.ReadObjectAsync(context.Request, context.RequestAborted);
        var faults = new List<Fault>();
        StructuralCheck.Run(body, GatewayJson.Default.ExplainRequest, string.Empty, faults);
        var request = faults.Count > 0 ? null : body.Deserialize(GatewayJson.Default.ExplainRequest)!;
        if (request?.Address is { } address && !IPAddress.TryParse(address, out _))
        {
            faults.Add(new Fault("/address", $"'{address}' is no IP address.", "invalid"));
        }

        var asked = request is null ? null : AskedRequest.TryRead(request, faults);
        if (asked is null || faults.Count > 0)
        {
            throw new BanyanException(HttpErrors.BadRequest, $"{faults[0].Pointer}: {faults[0].Message}") { Faults = faults };
        }

        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        await JsonSerializer.SerializeAsync(context.Response.Body, explainer.Explain(asked), GatewayJson.Default.ExplanationView, context.RequestAborted);
    }
}
