using System.Text.Json;
using System.Text.RegularExpressions;
using Banyan.Contracts;
using Banyan.Functional.Tests.Platform;

namespace Banyan.Functional.Tests.CommandLine;

/// <summary>What the commands write when they talk to a real server. Each test has a domain of its own.</summary>
public sealed partial class ResourceCommandsTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private BanyanServer Server => shared.Server;

    [Fact]
    public async Task Get_in_every_form_shows_the_object()
    {
        await DomainAsync("get-forms", owner: "team-a");

        Assert.Equal(
            """
            NAME   UP    PROTOCOL   TIER   OWNER    AGE
            cart   0/0   http       -      team-a   AGE
            """,
            Timeless((await Server.CliAsync("get", "services", "-d", "get-forms")).Must(0).Out));
        Assert.Equal(
            """
            NAME   UP    PROTOCOL   TIER   OWNER    USES   DESCRIPTION   AGE   LABELS
            cart   0/0   http       -      team-a   -      -             AGE   shop=yes
            """,
            Timeless((await Server.CliAsync("get", "service", "-d", "get-forms", "-o", "wide")).Must(0).Out));
        Assert.Equal("service/cart\n", (await Server.CliAsync("get", "Service", "-d", "get-forms", "-o", "name")).Must(0).Out);

        using var one = JsonDocument.Parse((await Server.CliAsync("get", "service", "cart", "-d", "get-forms", "-o", "json")).Must(0).Out);
        Assert.Equal("team-a", one.RootElement.GetProperty("spec").GetProperty("owner").GetString());
        Assert.Equal("get-forms", one.RootElement.GetProperty("metadata").GetProperty("domain").GetString());
        using var list = JsonDocument.Parse((await Server.CliAsync("get", "services", "-d", "get-forms", "-o", "json")).Must(0).Out);
        Assert.Equal("List", list.RootElement.GetProperty("kind").GetString());
        Assert.Equal("cart", list.RootElement.GetProperty("items")[0].GetProperty("metadata").GetProperty("name").GetString());
        Assert.Contains("\n  owner: team-a\n", (await Server.CliAsync("get", "service", "cart", "-d", "get-forms", "-o", "yaml")).Must(0).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_by_label_and_over_all_domains_selects()
    {
        await DomainAsync("get-labels", owner: "team-a");

        Assert.Contains("cart", (await Server.CliAsync("get", "services", "-d", "get-labels", "-l", "shop=yes")).Must(0).Out, StringComparison.Ordinal);
        var none = (await Server.CliAsync("get", "services", "-d", "get-labels", "-l", "shop=no")).Must(0, "No services in domain 'get-labels'.");
        Assert.Empty(none.Out);
        Assert.Matches(@"(?m)^get-labels +cart ", (await Server.CliAsync("get", "services", "-A")).Must(0).Out);
    }

    [Fact]
    public async Task Get_what_does_not_exist_says_what_does()
    {
        Assert.Empty((await Server.CliAsync("get", "service", "nobody")).Must(ExitCodes.NotFound, "There is no Service 'default/nobody'.").Out);
        (await Server.CliAsync("get", "servces")).Must(ExitCodes.NotFound, "There is no kind 'servces'. Did you mean 'services'?", "domains, instances, routes, services");
    }

    [Fact]
    public async Task Apply_output_of_get_is_unchanged()
    {
        await DomainAsync("round-trip", owner: "team-a");
        var yaml = (await Server.CliAsync("get", "services", "-d", "round-trip", "-o", "yaml")).Must(0).Out;
        var json = (await Server.CliAsync("get", "services", "-d", "round-trip", "-o", "json")).Must(0).Out;

        // What 'get' writes can be kept in a file and applied: nobody edits metadata away by hand.
        Assert.Equal("service/cart unchanged\n", (await Server.CliAsync(yaml, ["apply", "-f", "-"])).Must(0).Out);
        Assert.Equal("service/cart unchanged\n", (await Server.CliAsync(json, ["apply", "-f", "-"])).Must(0).Out);
    }

    [Fact]
    public async Task Apply_says_created_unchanged_and_updated()
    {
        await Server.ApplyAsync(Domain("applied"));

        Assert.Equal("service/cart created\n", (await Server.CliAsync(Service("applied", "team-a"), ["apply", "-f", "-"])).Must(0).Out);
        Assert.Equal("service/cart unchanged\n", (await Server.CliAsync(Service("applied", "team-a"), ["apply", "-f", "-"])).Must(0).Out);
        Assert.Equal("service/cart updated\n", (await Server.CliAsync(Service("applied", "team-b"), ["apply", "-f", "-"])).Must(0).Out);
    }

    [Fact]
    public async Task Apply_dry_run_shows_the_difference_and_changes_nothing()
    {
        await DomainAsync("dry", owner: "team-a");

        var dry = (await Server.CliAsync(Service("dry", "team-b"), ["apply", "-f", "-", "--dry-run", "--diff"])).Must(0);

        Assert.Equal("service/cart would be updated\n  ~ /spec/owner: \"team-a\" → \"team-b\"\n", dry.Out);
        Assert.Contains("team-a", (await Server.CliAsync("get", "services", "-d", "dry")).Must(0).Out, StringComparison.Ordinal);
        Assert.Equal("service/new would be created\n", (await Server.CliAsync(Service("dry", "team-b", "new"), ["apply", "-f", "-", "--dry-run"])).Must(0).Out);
        (await Server.CliAsync("get", "service", "new", "-d", "dry")).Must(ExitCodes.NotFound);
    }

    [Fact]
    public async Task Apply_fields_of_another_manager_needs_force()
    {
        await DomainAsync("owned", owner: "team-a");

        (await Server.CliAsync(Service("owned", "team-b"), ["apply", "-f", "-", "--manager", "robot"]))
            .Must(ExitCodes.Conflict, "/spec/owner", "'cli' owns this field", "apply with force", "[resources/field-conflict]");
        Assert.Contains("team-a", (await Server.CliAsync("get", "services", "-d", "owned")).Must(0).Out, StringComparison.Ordinal);

        Assert.Equal("service/cart updated\n", (await Server.CliAsync(Service("owned", "team-b"), ["apply", "-f", "-", "--manager", "robot", "--force"])).Must(0).Out);
        (await Server.CliAsync(Service("owned", "team-c"), ["apply", "-f", "-"])).Must(ExitCodes.Conflict, "'robot' owns this field");
    }

    [Fact]
    public async Task Describe_tells_spec_instances_and_last_changes()
    {
        await DomainAsync("described", owner: "team-a");

        var page = (await Server.CliAsync("describe", "service", "cart", "-d", "described")).Must(0).Out;

        Assert.Matches(@"(?m)^Kind: +Service$", page);
        Assert.Matches(@"(?m)^Domain: +described$", page);
        Assert.Matches(@"(?m)^Labels: +shop=yes$", page);
        Assert.Contains("Spec:\n  owner: team-a\n", page, StringComparison.Ordinal);
        Assert.Matches(@"Last changes:\n.*ACTOR.*\n +\S+ +admin +apply +service/described/cart +127\.0\.0\.1", page);
        using var document = JsonDocument.Parse((await Server.CliAsync("describe", "service", "cart", "-d", "described", "-o", "json")).Must(0).Out);
        Assert.Equal("apply", document.RootElement.GetProperty("audit")[0].GetProperty("verb").GetString());
    }

    [Fact]
    public async Task Delete_removes_and_says_so()
    {
        await DomainAsync("deleting", owner: "team-a");

        Assert.Equal("service/cart deleted\n", (await Server.CliAsync("delete", "service", "cart", "-d", "deleting")).Must(0).Out);
        (await Server.CliAsync("get", "service", "cart", "-d", "deleting")).Must(ExitCodes.NotFound);
        (await Server.CliAsync("delete", "service", "cart", "-d", "deleting")).Must(ExitCodes.NotFound);
    }

    private async Task DomainAsync(string domain, string owner) => await Server.ApplyAsync(Domain(domain) + "---\n" + Service(domain, owner));

    private static string Domain(string name) => $"apiVersion: banyan/v1\nkind: Domain\nmetadata: {{ name: {name} }}\nspec: {{}}\n";

    private static string Service(string domain, string owner, string name = "cart") =>
        $"apiVersion: banyan/v1\nkind: Service\nmetadata: {{ name: {name}, domain: {domain}, labels: {{ shop: \"yes\" }} }}\nspec: {{ owner: {owner}, protocol: http }}\n";

    // An age is the one thing of a table that a test cannot know.
    private static string Timeless(string table) => Age().Replace(table, m => "AGE" + (m.Groups[1].Success ? new string(' ', Math.Max(0, m.Value.Length - 3)) : string.Empty)).TrimEnd('\n');

    [GeneratedRegex(@"(?<=  )\d+s( +(?=\S))?")]
    private static partial Regex Age();
}
