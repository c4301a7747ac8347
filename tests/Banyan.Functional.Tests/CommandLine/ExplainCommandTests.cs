using System.Text.Json;
using Banyan.Contracts;
using Banyan.Functional.Tests.Platform;

namespace Banyan.Functional.Tests.CommandLine;

/// <summary><c>banyan explain route</c> against a real server: the gateway's own table answers.</summary>
public sealed class ExplainCommandTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Routes = """
        kind: Service
        metadata: { name: things }
        ---
        kind: Service
        metadata: { name: things-v2 }
        ---
        kind: Route
        metadata: { name: things }
        spec:
          hosts: [things.example]
          path: /things
          split:
            key: user
            salt: test
            parts:
              - { service: { name: things-v2 }, share: 25% }
              - { service: { name: things } }
          stripPrefix: true
          requestHeaders: { set: { X-Side: edge } }
          timeouts: { total: 5s }
        ---
        kind: Route
        metadata: { name: things-beta }
        spec:
          hosts: [things.example]
          path: /things
          headers: [{ name: X-Beta, exact: "1" }]
          service: { name: things-v2 }
        ---
        kind: Route
        metadata: { name: moved }
        spec:
          hosts: [old.example]
          redirect: { status: 308, scheme: https, host: things.example }
        """;

    private BanyanServer Server => shared.Server;

    [Fact]
    public async Task Explain_tells_who_was_asked_who_was_chosen_and_what_the_service_sees()
    {
        await Server.ApplyAsync(Routes);
        await Server.RegisterAsync("things", "t1", 1);
        var first = await ExplainUntilAsync("things-beta", "GET", "http://things.example/things", "-H", "X-Beta: 1");

        var text = await ExplainUntilAsync("things", "GET", "http://Things.example:8080/things/a%20b?x=1", "-H", "X-User-Id: user-7", "-H", "X-Beta: 2");

        Assert.Contains("GET things.example /things/a%20b ?x=1\n", text, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^default/things-beta +things.example +/things +prefix +condition-not-met +header x-beta = '1': the request has '2'$", text);
        Assert.Matches(@"(?m)^default/things +things.example +/things +prefix +chosen +all its conditions are met$", text);
        Assert.Matches(@"(?m)^target +/a%20b\?x=1$", text);
        Assert.Matches(@"(?m)^request field += X-Side: edge$", text);
        Assert.Matches(@"(?m)^split +key user, salt 'test', bucket \d+ of 10000: part [12]$", text);
        Assert.Matches(@"(?m)^total +5 s$", text);

        Assert.Matches(@"(?m)^default/things +.* not-asked +'default/things-beta' goes first: it has more conditions$", first);
        Assert.Contains("The service has no instances: the answer would be 503.", first, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_as_json_has_the_whole_decision()
    {
        await Server.ApplyAsync(Routes);
        await ExplainUntilAsync("moved", "GET", "http://old.example/");

        using var answer = JsonDocument.Parse((await Server.CliAsync("explain", "route", "POST", "/a?b=c", "-H", "Host: old.example:80", "-o", "json")).Must(0).Out);

        Assert.Equal("redirect", answer.RootElement.GetProperty("outcome").GetString());
        var redirect = answer.RootElement.GetProperty("decision").GetProperty("redirect");
        Assert.Equal(308, redirect.GetProperty("status").GetInt32());
        Assert.Equal("https://things.example/a?b=c", redirect.GetProperty("location").GetString());
    }

    [Fact]
    public async Task Explain_of_a_request_nobody_takes_ends_with_its_own_code_and_what_is_near()
    {
        await Server.ApplyAsync(Routes);
        await ExplainUntilAsync("things", "GET", "http://things.example/things");

        var none = (await Server.CliAsync("explain", "route", "GET", "http://things.example/nothing")).Must(ExitCodes.NotFound);
        Assert.Contains("takes the host, but path '/things'", none.Out, StringComparison.Ordinal);
        var refused = (await Server.CliAsync("explain", "route", "GET", "http://things.example/a/../b")).Must(ExitCodes.InvalidInput);
        Assert.Contains("400: The path must not have the segments . or .. in it. Send it resolved.", refused.Out, StringComparison.Ordinal);
        (await Server.CliAsync("explain", "route", "GET", "/", "-H", "nonsense")).Must(ExitCodes.Usage, "Write -H 'Name: value'.");
        (await Server.CliAsync("explain", "route", "G T", "/")).Must(ExitCodes.InvalidInput, "/method", "'G T' is no method.");
    }

    [Fact]
    public async Task Get_shows_every_form_of_a_route()
    {
        await Server.ApplyAsync(Routes);

        var table = (await Server.CliAsync("get", "routes")).Must(0).Out;

        Assert.Matches(@"(?m)^things +things.example +/things +things-v2 25%,things ", table);
        Assert.Matches(@"(?m)^moved +old.example +/ +\(redirect 308\) ", table);
    }

    [Fact]
    public async Task Explain_is_for_readers_too()
    {
        var reader = Path.Combine(Server.Data, "reader.token");

        (await BanyanBinary.RunAsync(["explain", "route", "GET", "http://nobody.test/", "--server", Server.Http.ToString(), "--token-file", reader])).Must(ExitCodes.NotFound);
    }

    /// <summary>The table follows the resources: asks until the route that is expected has arrived.</summary>
    private async Task<string> ExplainUntilAsync(string route, params string[] question)
    {
        var text = string.Empty;
        await Testing.Eventually.True(
            async () =>
            {
                text = (await Server.CliAsync(["explain", "route", .. question])).Out;
                return text.Contains($"Route 'default/{route}' is the first", StringComparison.Ordinal);
            },
            $"route '{route}' to be chosen");
        return text;
    }
}
