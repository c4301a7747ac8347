using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Banyan.Contracts;
using Banyan.Hosting;
using Banyan.Http;
using Banyan.Http.Authentication;
using Banyan.Resources;
using Banyan.Resources.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Banyan.Api.Endpoints;

/// <summary>Credentials: list, create, rotate, delete. For administrators only; a token is in the answer that makes it and nowhere else.</summary>
internal sealed class CredentialEndpoints(ICredentials credentials, TokenFiles files, HostOptions host)
{
    private const int LongestOverlapSeconds = 24 * 60 * 60;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/credentials", ListAsync).RequireRole(ActorRole.Administrator);
        routes.MapPost("/api/v1/credentials", CreateAsync).RequireRole(ActorRole.Administrator);
        routes.MapPost("/api/v1/credentials/{name}:rotate", RotateAsync).RequireRole(ActorRole.Administrator);
        routes.MapDelete("/api/v1/credentials/{name}", DeleteAsync).RequireRole(ActorRole.Administrator);
    }

    private async Task ListAsync(HttpContext context)
    {
        ApiQuery.Read(context.Request);
        var all = await credentials.ListAsync(context.RequestAborted);
        await ApiAnswers.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("items");
            foreach (var credential in all)
            {
                json.WriteStartObject();
                Write(json, credential);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private async Task CreateAsync(HttpContext context)
    {
        ApiQuery.Read(context.Request);
        var body = await RequestDocument.ReadObjectAsync(context.Request, context.RequestAborted);
        var faults = new List<Fault>();
        StructuralCheck.Run(body, CredentialRequestJson.Default.CredentialRequest, string.Empty, faults);
        if (faults.Count > 0)
        {
            throw new BanyanException(HttpErrors.CredentialInvalid, $"{faults[0].Pointer}: {faults[0].Message}") { Faults = faults };
        }

        var request = body.Deserialize(CredentialRequestJson.Default.CredentialRequest)!;
        var role = (ActorRole)request.Role;
        var issued = await credentials.CreateAsync(request.Name, role, request.Domain, request.Service, context.GetActor(), context.RequestAborted);
        await AnswerAsync(context, issued, StatusCodes.Status201Created);
    }

    private async Task RotateAsync(HttpContext context)
    {
        var overlap = ApiQuery.Read(context.Request, "overlap").Seconds("overlap", LongestOverlapSeconds);
        var name = (string)context.Request.RouteValues["name"]!;
        var issued = await credentials.RotateAsync(name, overlap, context.GetActor(), context.RequestAborted);
        files.Update(host.Data, issued);
        await AnswerAsync(context, issued, StatusCodes.Status200OK);
    }

    private async Task DeleteAsync(HttpContext context)
    {
        ApiQuery.Read(context.Request);
        await credentials.DeleteAsync((string)context.Request.RouteValues["name"]!, context.GetActor(), context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static Task AnswerAsync(HttpContext context, IssuedCredential issued, int status) => ApiAnswers.WriteAsync(
        context,
        json =>
        {
            json.WriteStartObject();
            Write(json, issued.Credential);
            json.WriteString("token", issued.Token);
            json.WriteEndObject();
        },
        status);

    private static void Write(Utf8JsonWriter json, Credential credential)
    {
        json.WriteString("name", credential.Name);
        json.WriteString("role", credential.Role.ToString().ToLowerInvariant());
        if (credential.Domain is not null)
        {
            json.WriteString("domain", credential.Domain);
            json.WriteString("service", credential.Service);
        }

        json.WriteString("createdAt", credential.CreatedAt);
        if (credential.RotatedAt is { } rotated)
        {
            json.WriteString("rotatedAt", rotated);
        }
    }
}

/// <summary>Roles that can be given.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CredentialRole>))]
internal enum CredentialRole
{
    [JsonStringEnumMemberName("reader")]
    Reader = ActorRole.Reader,

    [JsonStringEnumMemberName("service")]
    Service = ActorRole.Service,

    [JsonStringEnumMemberName("administrator")]
    Administrator = ActorRole.Administrator,
}

/// <summary>A credential to make.</summary>
internal sealed record CredentialRequest
{
    public required string Name { get; init; }

    public required CredentialRole Role { get; init; }

    public string? Domain { get; init; }

    public string? Service { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CredentialRequest))]
internal sealed partial class CredentialRequestJson : JsonSerializerContext;
