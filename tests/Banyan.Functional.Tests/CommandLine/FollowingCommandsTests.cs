using System.Text.Json;
using Banyan.Contracts;
using Banyan.Functional.Tests.Platform;
using Banyan.Testing;

namespace Banyan.Functional.Tests.CommandLine;

/// <summary>Commands that wait for or follow what a real server does.</summary>
public sealed class FollowingCommandsTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private BanyanServer Server => shared.Server;

    [Fact]
    public async Task Wait_returns_when_the_instance_is_up()
    {
        await Server.ApplyAsync(Service("waited", "team-a"));
        await using var waiting = Follow("wait", "service", "waited", "--for", "instances=1");
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        Assert.False(waiting.HasExited);

        await Server.RegisterAsync("waited", "w1", ((System.Net.IPEndPoint)listener.LocalEndpoint).Port);

        Assert.Equal(0, await waiting.WaitForExitAsync());
        await Eventually.True(() => waiting.Output == "service/waited instances=1\n", "the line is written");
    }

    [Fact]
    public async Task Wait_in_vain_ends_with_its_own_code_and_the_reason()
    {
        await Server.ApplyAsync(Service("lonely", "team-a"));

        (await Server.CliAsync("wait", "service", "lonely", "--for", "instances=2", "--timeout", "200ms"))
            .Must(ExitCodes.Timeout, "Service 'lonely' had 0 of 2 instances up after 0.2 s.", "'banyan instances list lonely'");
        (await Server.CliAsync("wait", "service", "lonely", "--for", "condition=Ready", "--timeout", "200ms")).Must(ExitCodes.Timeout, "it has no condition 'Ready'");
        (await Server.CliAsync("wait", "service", "lonely", "--for", "instances=many")).Must(ExitCodes.Usage, "'--for instances=many' is not understood.");
    }

    [Fact]
    public async Task Wait_for_deletion_returns_when_it_is_gone()
    {
        await Server.ApplyAsync(Service("leaving", "team-a"));
        await using var waiting = Follow("wait", "service", "leaving", "--for", "delete");

        (await Server.CliAsync("delete", "service", "leaving")).Must(0);

        Assert.Equal(0, await waiting.WaitForExitAsync());
    }

    [Fact]
    public async Task Watch_tells_every_change_in_order()
    {
        await Server.ApplyAsync(Service("watched", "team-a"));
        using var before = JsonDocument.Parse((await Server.CliAsync("get", "service", "watched", "-o", "json")).Must(0).Out);
        var revision = before.RootElement.GetProperty("metadata").GetProperty("revision").GetInt64();
        await using var watching = Follow("watch", "services", "watched", "-o", "json", "--after", revision.ToString(System.Globalization.CultureInfo.InvariantCulture));

        await Server.ApplyAsync(Service("watched", "team-b"));
        (await Server.CliAsync("delete", "service", "watched")).Must(0);

        await watching.WaitForOutputAsync("\"type\":\"delete\"");
        var lines = watching.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.Contains("\"type\":\"put\"", lines[0], StringComparison.Ordinal);
        Assert.Contains("team-b", lines[0], StringComparison.Ordinal);

        Signals.Send(watching.Id, Signals.Interrupt);
        Assert.Equal(ExitCodes.Interrupted, await watching.WaitForExitAsync());
    }

    [Fact]
    public async Task Audit_tells_who_changed_what_before_and_after()
    {
        await Server.ApplyAsync(Service("audited", "team-a"));
        await Server.ApplyAsync(Service("audited", "team-b"));
        (await Server.CliAsync("delete", "service", "audited")).Must(0);

        var table = (await Server.CliAsync("audit", "--kind", "Service", "--name", "audited")).Must(0).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        using var json = JsonDocument.Parse((await Server.CliAsync("audit", "--kind", "Service", "--name", "audited", "-o", "json")).Must(0).Out);
        var items = json.RootElement.GetProperty("items");

        Assert.Equal(4, table.Length);
        Assert.Matches(@"^AGE +ACTOR +ACTION +OBJECT +FROM$", table[0]);
        Assert.Matches(@"^\S+ +admin +delete +service/default/audited +127\.0\.0\.1$", table[1]);
        Assert.Equal(["delete", "apply", "apply"], items.EnumerateArray().Select(i => i.GetProperty("verb").GetString()));
        Assert.Equal("team-a", Owner(items[1].GetProperty("before")));
        Assert.Equal("team-b", Owner(items[1].GetProperty("after")));
        Assert.False(items[2].TryGetProperty("before", out _));

        static string? Owner(JsonElement o) => o.GetProperty("spec").GetProperty("owner").GetString();
    }

    [Fact]
    public async Task Audit_of_a_refused_change_has_nothing()
    {
        await Server.ApplyAsync(Service("untouched", "team-a"));

        (await Server.CliAsync(Service("untouched", "team-b").Replace("owner", "ownr", StringComparison.Ordinal), ["apply", "-f", "-"])).Must(ExitCodes.InvalidInput);

        using var json = JsonDocument.Parse((await Server.CliAsync("audit", "--name", "untouched", "-o", "json")).Must(0).Out);
        Assert.Equal(1, json.RootElement.GetProperty("items").GetArrayLength());
    }

    private TestProcess Follow(params string[] arguments) =>
        TestProcess.Start(BanyanBinary.Path, [.. arguments, "--server", Server.Http.ToString(), "--token-file", Server.TokenFile], BanyanBinary.Environment());

    private static string Service(string name, string owner) =>
        $"apiVersion: banyan/v1\nkind: Service\nmetadata: {{ name: {name} }}\nspec: {{ owner: {owner}, protocol: http }}\n";
}
