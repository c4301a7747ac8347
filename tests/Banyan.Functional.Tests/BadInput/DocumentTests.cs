using Banyan.Contracts;
using Banyan.Functional.Tests.Platform;

namespace Banyan.Functional.Tests.BadInput;

/// <summary>Documents a real server refuses: all faults at once, each with its place, nothing changed.</summary>
public sealed class DocumentTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task Unknown_field_and_wrong_type_are_named_together() =>
        await RefusedAsync(
            "kind: Service\nmetadata: { name: bad }\nspec:\n  ownr: x\n  port: many\n",
            "/spec/ownr: There is no field 'ownr' here. Did you mean 'owner'?",
            "/spec/port: \"many\" is not a whole number.");

    [Fact]
    public async Task Reference_to_nothing_is_refused() =>
        await RefusedAsync("kind: Route\nmetadata: { name: nowhere }\nspec: { path: /n, service: { name: nope } }\n", "/spec/service/name: Service 'default/nope' does not exist.");

    [Fact]
    public async Task Same_route_twice_is_refused_and_the_first_is_named()
    {
        await shared.Server.ApplyAsync("kind: Service\nmetadata: { name: twice }\nspec: {}\n---\nkind: Route\nmetadata: { name: first }\nspec: { path: /twice, service: { name: twice } }\n");

        await RefusedAsync("kind: Route\nmetadata: { name: second }\nspec: { path: /twice, service: { name: twice } }\n", "/spec/path: Route 'default/first' has path '/twice' for every host and the same conditions already.");
    }

    [Fact]
    public async Task Name_too_long_is_refused_with_its_length() =>
        await RefusedAsync($"kind: Service\nmetadata: {{ name: {new string('a', 80)} }}\nspec: {{}}\n", "has 80 characters; the most is 63");

    [Fact]
    public async Task Text_that_is_no_yaml_names_line_and_column() =>
        await RefusedAsync("kind: Service\nmetadata: {name: x\nspec: {}\n", "standard input:", "Not valid YAML");

    private async Task RefusedAsync(string document, params string[] said)
    {
        (await shared.Server.CliAsync(document, ["apply", "-f", "-"])).Must(ExitCodes.InvalidInput, said);
        Assert.DoesNotContain("service/bad", (await shared.Server.CliAsync("get", "services", "-o", "name")).Must(0).Out, StringComparison.Ordinal);
        Assert.DoesNotContain("route/second", (await shared.Server.CliAsync("get", "routes", "-o", "name")).Must(0).Out, StringComparison.Ordinal);
    }
}
