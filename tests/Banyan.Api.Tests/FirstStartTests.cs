using System.Net;
using Banyan.Http.Authentication;
using Banyan.Resources;
using Microsoft.Extensions.DependencyInjection;
using static Banyan.Api.Tests.ApiServer;

namespace Banyan.Api.Tests;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class FirstStartTests
{
    [Fact]
    public async Task Tokens_stand_in_files_only_the_owner_reads_and_stay_good_over_a_restart()
    {
        using var server = new ApiServer();
        await server.StartAsync();
        foreach (var name in new[] { "admin.token", "reader.token" })
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(server.Data[name]));
        }

        var token = server.AdminToken;
        Assert.StartsWith("bny_a_", token, StringComparison.Ordinal);
        Assert.DoesNotContain(token, server.Log, StringComparison.Ordinal);
        await server.Host.DisposeAsync();

        // Restarted on the same store and directory: the same token; a file that others could read is closed again.
        File.SetUnixFileMode(server.Data["admin.token"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        await server.StartAsync();
        Assert.Equal(token, server.AdminToken);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(server.Data["admin.token"]));
        Assert.Equal(HttpStatusCode.OK, (await server.Send("GET", "/version")).StatusCode);
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Rotating_the_administrator_writes_the_file_and_the_last_one_cannot_be_deleted()
    {
        using var server = new ApiServer();
        await server.StartAsync();
        var old = server.AdminToken;
        var rotated = (string)(await Json(await server.Send("POST", "/api/v1/credentials/admin:rotate")))["token"]!;
        Assert.Equal(rotated, server.AdminToken);
        await Problem(await Send(server.Client(old), "GET", "/version"), 401, "http/unauthenticated");
        var admin = server.Client(rotated);
        await Problem(await Send(admin, "DELETE", "/api/v1/credentials/admin"), 409, "http/last-administrator");
        await Send(admin, "POST", "/api/v1/credentials", """{"name":"operator","role":"administrator"}""");
        Assert.Equal(HttpStatusCode.NoContent, (await Send(admin, "DELETE", "/api/v1/credentials/admin")).StatusCode);
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Lost_token_file_is_told_and_nothing_is_given_away()
    {
        using var server = new ApiServer();
        await server.StartAsync();
        await server.Host.DisposeAsync();
        File.Delete(server.Data["reader.token"]);
        await Assert.ThrowsAsync<FileNotFoundException>(server.StartAsync);
        Assert.False(File.Exists(server.Data["reader.token"]));
        Assert.Contains("banyan credentials rotate reader", server.Log, StringComparison.Ordinal);
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Credential_made_in_the_store_by_another_process_is_known()
    {
        using var server = new ApiServer();
        await server.StartAsync();
        var other = new StoreCredentials(
            server.Store,
            server.Host.Services.GetRequiredService<Banyan.Resources.Audit.AuditLog>(),
            TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<StoreCredentials>.Instance);
        await using (other)
        {
            var issued = await other.CreateAsync("far", ActorRole.Reader, null, null, Actor.System, default);
            await Banyan.Testing.Eventually.True(
                async () => (await Send(server.Client(issued.Token), "GET", "/version")).StatusCode == HttpStatusCode.OK, "the credential to arrive");
            await other.DeleteAsync("far", Actor.System, default);
            await Banyan.Testing.Eventually.True(
                async () => (await Send(server.Client(issued.Token), "GET", "/version")).StatusCode == HttpStatusCode.Unauthorized, "the deletion to arrive");
        }

        await server.DisposeAsync();
    }
}
