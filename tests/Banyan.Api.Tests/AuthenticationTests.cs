using System.Net;
using System.Text.Json.Nodes;
using Banyan.Http.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using static Banyan.Api.Tests.ApiServer;

namespace Banyan.Api.Tests;

public sealed class AuthenticationTests(ApiServer server) : IClassFixture<ApiServer>
{
    private static readonly string[] WithoutCredential = ["/healthz", "/readyz", "/metrics"];

    private const string Crate = "/api/v1/domains/default/crates/locked";

    /// <summary>Every endpoint of the API: who gets in. The first column must list all; another test counts them.</summary>
    public static TheoryData<string, string, string> Endpoints => new()
    {
        { "GET", "/api/v1/crates", "admin reader" },
        { "GET", "/api/v1/domains/default/crates", "admin reader service" },
        { "GET", "/api/v1/domains", "admin reader" },
        { "GET", "/api/v1/domains/default", "admin reader service" },
        { "GET", Crate, "admin reader service" },
        { "POST", "/api/v1/domains/default/crates", "admin" },
        { "POST", "/api/v1/domains", "admin" },
        { "PUT", Crate, "admin" },
        { "PUT", "/api/v1/domains/default", "admin" },
        { "PATCH", Crate, "admin" },
        { "PATCH", "/api/v1/domains/default", "admin" },
        { "DELETE", Crate, "admin" },
        { "DELETE", "/api/v1/domains/nothing", "admin" },
        { "POST", Crate + ":apply", "admin" },
        { "POST", "/api/v1/domains/default:apply", "admin" },
        { "PUT", Crate + "/status", "admin" },
        { "PUT", "/api/v1/domains/default/status", "admin" },
        { "GET", "/api/v1/audit", "admin reader" },
        { "GET", "/api/v1/credentials", "admin" },
        { "POST", "/api/v1/credentials", "admin" },
        { "POST", "/api/v1/credentials/nobody:rotate", "admin" },
        { "DELETE", "/api/v1/credentials/nobody", "admin" },
        { "GET", "/api/v1/kinds", "admin reader service" },
        { "GET", "/api/v1/modules", "admin reader" },
        { "GET", "/version", "admin reader service" },
        { "GET", "/openapi.json", "admin reader service" },
    };

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task Endpoint_lets_in_only_its_roles(string method, string path, string roles)
    {
        var anonymous = await Send(server.Anonymous, method, path, Body(method));
        await Problem(anonymous, 401, "http/unauthenticated");
        Assert.Contains("Bearer", anonymous.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        await Problem(await Send(server.Client("bny_a_" + new string('a', 32)), method, path, Body(method)), 401, "http/unauthenticated");
        foreach (var (role, client) in new[] { ("admin", server.Admin), ("reader", server.Reader), ("service", server.Service) })
        {
            using var response = await Send(client, method, path, Body(method));
            var inside = roles.Split(' ').Contains(role);
            Assert.True(
                inside == (response.StatusCode is not (HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized)),
                $"{role} {method} {path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        }
    }

    [Fact]
    public void Matrix_covers_every_endpoint_and_all_but_health_need_a_credential()
    {
        var routes = server.Host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToArray();
        Assert.All(
            routes.Where(e => e.Metadata.GetMetadata<IAllowAnonymous>() is not null),
            e => Assert.Contains(e.RoutePattern.RawText, WithoutCredential));
        foreach (var route in routes.Where(e => e.RoutePattern.RawText!.StartsWith("/api/", StringComparison.Ordinal)))
        {
            Assert.NotNull(route.Metadata.GetMetadata<RoleRequirement>());
        }
    }

    [Fact]
    public async Task Service_credential_sees_only_its_own_domain()
    {
        await server.Send("PUT", "/api/v1/domains/foreign", "{}");
        await Problem(await Send(server.Service, "GET", "/api/v1/domains/foreign/crates"), 403, "resources/forbidden");
        await Problem(await Send(server.Service, "GET", "/api/v1/domains/foreign/crates/a"), 403, "resources/forbidden");
        await Problem(await Send(server.Service, "GET", "/api/v1/domains/foreign"), 403, "resources/forbidden");
        await Problem(await Send(server.Service, "GET", "/api/v1/crates"), 403, "resources/forbidden");
    }

    [Theory]
    [InlineData("Basic YTpi")]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer x")]
    [InlineData("bearer bny_a_")]
    public async Task Odd_credentials_are_refused(string header) =>
        await Problem(await Send(server.Anonymous, "GET", "/version", null, "application/json", ("Authorization", header)), 401, "http/unauthenticated");

    [Fact]
    public async Task Health_needs_no_credential_and_unknown_addresses_do()
    {
        Assert.Equal(HttpStatusCode.OK, (await Send(server.Anonymous, "GET", "/healthz")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Send(server.Anonymous, "GET", "/readyz")).StatusCode);
        await Problem(await Send(server.Anonymous, "GET", "/nothing"), 401, "http/unauthenticated");
    }

    [Fact]
    public async Task Credential_is_made_used_rotated_and_deleted()
    {
        var made = await Json(await server.Send("POST", "/api/v1/credentials", """{"name":"walks","role":"service","domain":"default","service":"walks"}"""));
        var token = (string)made["token"]!;
        Assert.StartsWith("bny_s_", token, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await Send(server.Client(token), "GET", "/version")).StatusCode);
        await Problem(await server.Send("POST", "/api/v1/credentials", """{"name":"walks","role":"reader"}"""), 409, "http/credential-exists");

        var rotated = await Json(await server.Send("POST", "/api/v1/credentials/walks:rotate"));
        var second = (string)rotated["token"]!;
        Assert.NotEqual(token, second);
        await Problem(await Send(server.Client(token), "GET", "/version"), 401, "http/unauthenticated");
        Assert.Equal(HttpStatusCode.OK, (await Send(server.Client(second), "GET", "/version")).StatusCode);

        var third = (string)(await Json(await server.Send("POST", "/api/v1/credentials/walks:rotate?overlap=60")))["token"]!;
        Assert.Equal(HttpStatusCode.OK, (await Send(server.Client(second), "GET", "/version")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Send(server.Client(third), "GET", "/version")).StatusCode);

        var list = (await Json(await server.Send("GET", "/api/v1/credentials"))).ToJsonString();
        Assert.Contains("\"walks\"", list, StringComparison.Ordinal);
        Assert.DoesNotContain("hash", list, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("bny_", list, StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.NoContent, (await server.Send("DELETE", "/api/v1/credentials/walks")).StatusCode);
        await Problem(await Send(server.Client(third), "GET", "/version"), 401, "http/unauthenticated");
        await Problem(await server.Send("POST", "/api/v1/credentials/walks:rotate"), 404, "http/credential-not-found");

        var audit = (await Json(await server.Send("GET", "/api/v1/audit?kind=Credential&name=walks")))["items"]!.AsArray();
        Assert.Equal(["delete", "rotate", "rotate", "create"], audit.Select(r => (string)r!["verb"]!));
        Assert.All(audit, r => Assert.Equal("admin", (string?)r!["actor"]!["name"]));
        foreach (var secret in new[] { token, second, third, Convert.ToBase64String(CredentialTokenHash(token)) })
        {
            Assert.DoesNotContain(secret, audit.ToJsonString(), StringComparison.Ordinal);
            Assert.DoesNotContain(secret, server.Log, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Bad_credential_requests_name_every_fault()
    {
        var wrong = await Problem(await server.Send("POST", "/api/v1/credentials", """{"nam":"x","role":"king"}"""), 422, "http/credential-invalid");
        Assert.Equal(["/nam", "/name", "/role"], wrong["errors"]!.AsArray().Select(e => (string)e!["pointer"]!).Order(StringComparer.Ordinal));
        var loose = await Problem(await server.Send("POST", "/api/v1/credentials", """{"name":"X","role":"service"}"""), 422, "http/credential-invalid");
        Assert.Equal(["/domain", "/name", "/service"], loose["errors"]!.AsArray().Select(e => (string)e!["pointer"]!).Order(StringComparer.Ordinal));
    }

    private static byte[] CredentialTokenHash(string token) => System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(token));

    private static string? Body(string method) => method is "GET" or "DELETE" ? null : "{}";
}
