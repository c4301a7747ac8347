using System.Net;
using Banyan.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Banyan.Chassis.Tests;

/// <summary>Calls by name through a sidecar; here it is a server that answers what it was asked.</summary>
public sealed class SidecarCallTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("http://pets/a?b=1", "pets /a?b=1")]
    [InlineData("https://pets/", "pets /")]
    public async Task Name_goes_through_the_Unix_socket_with_the_name_as_host(string uri, string seen)
    {
        await using var sidecar = await StartAsync(kestrel => kestrel.ListenUnixSocket(_directory["out"]));
        await using var walks = await CallerAsync($"unix:{_directory["out"]}");

        Assert.Equal(seen, await walks.Client.GetStringAsync(uri));
    }

    [Fact]
    public async Task Name_goes_through_the_port_too()
    {
        var port = FreePort.Next();
        await using var sidecar = await StartAsync(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        await using var walks = await CallerAsync($"http://127.0.0.1:{port}");

        Assert.Equal("pets /x", await walks.Client.GetStringAsync("http://pets/x"));
    }

    [Fact]
    public async Task Ordinary_hosts_are_called_directly()
    {
        await using var sidecar = await StartAsync(kestrel => kestrel.ListenUnixSocket(_directory["out"]));
        await using var walks = await CallerAsync($"unix:{_directory["out"]}");

        Assert.Equal("walks-1", await walks.Client.GetStringAsync(new Uri(walks.Url, "/who")));
    }

    [Fact]
    public async Task Sidecar_that_is_not_there_is_named()
    {
        await using var walks = await CallerAsync($"unix:{_directory["none"]}");
        var error = await Assert.ThrowsAsync<HttpRequestException>(() => walks.Client.GetStringAsync("http://pets/"));

        Assert.Equal(
            $"Service 'pets' cannot be called: the sidecar does not answer at unix:{_directory["none"]}. Start 'banyan sidecar' with this address as --outbound.",
            error.Message);
    }

    [Theory]
    [InlineData("unix:/run/out.sock", "unix:/run/out.sock")]
    [InlineData("http://127.0.0.1:15001", "http://127.0.0.1:15001")]
    [InlineData("15001", null)]
    [InlineData("unix:", null)]
    public void Environment_names_the_sidecar(string text, string? expected)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("BANYAN_SIDECAR", (string?)text)]).Build();
        if (expected is null)
        {
            Assert.StartsWith($"BANYAN_SIDECAR is '{text}', which is no address.", Assert.Throws<InvalidOperationException>(() => ChassisEnvironment.Read(configuration)).Message, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal(expected, ChassisEnvironment.Read(configuration).Sidecar!.OriginalString);
        }
    }

    private static Task<ChassisService> CallerAsync(string sidecar) =>
        ChassisService.StartAsync(grpc: null, token: null, "walks", "walks-1", configure: o => o.Sidecar = new Uri(sidecar));

    private static async Task<WebApplication> StartAsync(Action<Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions> listen)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(listen);
        var app = builder.Build();
        app.Run(http => http.Response.WriteAsync($"{http.Request.Host} {http.Request.Path}{http.Request.QueryString}"));
        await app.StartAsync();
        return app;
    }
}
