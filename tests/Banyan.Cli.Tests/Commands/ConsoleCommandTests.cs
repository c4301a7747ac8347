using System.Net;
using System.Text;
using Banyan.Client;
using Banyan.Contracts;
using Banyan.Testing;

namespace Banyan.Cli.Tests.Commands;

public sealed class ConsoleCommandTests
{
    private const string Link = "http://127.0.0.1:7400/signin?code=abc";

    [Fact]
    public async Task Console_prints_the_link_alone_and_says_beside_it_what_it_is()
    {
        var run = new CliRun();

        var (exit, asked) = await RunAsync(run, 201, $$"""{"url":"{{Link}}","expiresAt":"{{TimeProvider.System.GetUtcNow().AddMinutes(5):O}}"}""");

        Assert.Equal(ExitCodes.Success, exit);
        Assert.Equal("POST /api/v1/console/links Bearer bny_a_x", asked);
        Assert.Equal(Link + "\n", run.Out.ToString());
        Assert.Contains("works once, within 5 minutes", run.Error.ToString());
    }

    [Fact]
    public async Task Console_for_machines_has_the_link_and_its_end()
    {
        var run = new CliRun();

        await RunAsync(run, 201, $$"""{"url":"{{Link}}","expiresAt":"2030-01-02T03:04:05+00:00"}""", "-o", "json");

        Assert.Equal($$"""
            {
              "url": "{{Link}}",
              "expiresAt": "2030-01-02T03:04:05.0000000+00:00"
            }

            """, run.Out.ToString());
    }

    [Fact]
    public async Task Console_refused_prints_no_link_and_the_servers_reason()
    {
        var run = new CliRun();

        var (exit, _) = await RunAsync(run, 403, """{"code":"http/forbidden","detail":"Only an administrator may."}""");

        Assert.Equal(ExitCodes.Denied, exit);
        Assert.Empty(run.Out.ToString());
        Assert.Contains("Only an administrator may.", run.Error.ToString());
    }

    [Theory]
    [InlineData(0.2, "within 1 minute")]
    [InlineData(4.99, "within 5 minutes")]
    [InlineData(-3, "within 1 minute")]
    public void Lasts_is_told_in_whole_minutes(double minutes, string expected) =>
        Assert.Equal(expected, Cli.Commands.ConsoleCommand.Lasts(new ConsoleLink(new Uri(Link), TimeProvider.System.GetUtcNow().AddMinutes(minutes)), TimeProvider.System));

    /// <summary>Runs <c>banyan console</c> against a server that answers once; returns what it was asked.</summary>
    private static async Task<(int Exit, string Asked)> RunAsync(CliRun run, int status, string answer, params string[] more)
    {
        using var directory = new TempDirectory();
        File.WriteAllText(directory["token"], "bny_a_x\n");
        var address = $"http://127.0.0.1:{FreePort.Next()}/";
        using var server = new HttpListener { Prefixes = { address } };
        server.Start();
        var serving = Task.Run(async () =>
        {
            var context = await server.GetContextAsync();
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json";
            context.Response.Close(Encoding.UTF8.GetBytes(answer), willBlock: true);
            return $"{context.Request.HttpMethod} {context.Request.RawUrl} {context.Request.Headers["Authorization"]}";
        });
        var exit = await run.RunAsync(["console", .. more, "--server", address, "--token-file", directory["token"]]);
        return (exit, await serving);
    }
}
