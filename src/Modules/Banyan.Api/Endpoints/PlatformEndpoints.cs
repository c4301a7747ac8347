using System.Reflection;
using System.Runtime.InteropServices;
using Banyan.Api.OpenApi;
using Banyan.Hosting;
using Banyan.Http;
using Banyan.Resources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Banyan.Api.Endpoints;

/// <summary>What this server is: kinds, modules, version, description of the API.</summary>
internal sealed class PlatformEndpoints(KindSet kinds, IModuleStates modules)
{
    private static readonly ActorRole[] Everybody = [ActorRole.Administrator, ActorRole.Reader, ActorRole.Service];

    private byte[]? _openApi;
    private Func<IReadOnlyList<Endpoint>> _endpoints = () => [];

    public void Map(ModuleEndpoints endpoints)
    {
        var routes = endpoints.Http;
        _endpoints = endpoints.AllHttp;
        routes.MapGet("/api/v1/kinds", KindsAsync).RequireRole(Everybody);
        routes.MapGet("/api/v1/modules", ModulesAsync).RequireRole(ActorRole.Administrator, ActorRole.Reader);
        routes.MapGet("/version", VersionAsync).RequireRole(Everybody);
        routes.MapGet("/openapi.json", OpenApiAsync).RequireRole(Everybody);
    }

    // Written at the first request: by then every module has mapped its endpoints. Two first requests write the same bytes.
    private Task OpenApiAsync(HttpContext context) => ApiAnswers.WriteAsync(
        context, _openApi ??= OpenApiDocument.Write(kinds, _endpoints()));

    private Task KindsAsync(HttpContext context) => ApiAnswers.WriteAsync(context, json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("items");
        foreach (var kind in kinds.All)
        {
            json.WriteStartObject();
            json.WriteString("name", kind.Name);
            json.WriteString("plural", kind.Plural);
            json.WriteString("scope", kind.Scope == KindScope.Domain ? "domain" : "cluster");
            json.WriteString("summary", kind.Summary);
            json.WritePropertyName("spec");
            OpenApiDocument.SpecSchema(kind).WriteTo(json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private Task ModulesAsync(HttpContext context) => ApiAnswers.WriteAsync(context, json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("items");
        foreach (var module in modules.Snapshot())
        {
            json.WriteStartObject();
            json.WriteString("name", module.Name);
            json.WriteString("state", module.State.ToString());
            json.WriteString("since", module.Since);
            if (module.NotReadyBecause is not null)
            {
                json.WriteString("notReadyBecause", module.NotReadyBecause);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static Task VersionAsync(HttpContext context) => ApiAnswers.WriteAsync(context, json =>
    {
        json.WriteStartObject();
        json.WriteString("version", typeof(PlatformEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion);
        json.WriteString("api", "banyan/v1");
        json.WriteString("runtime", RuntimeInformation.FrameworkDescription);
        json.WriteEndObject();
    });
}
