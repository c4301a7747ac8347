using System.Text.Json.Nodes;
using Banyan.Cli.Commands;
using Banyan.Cli.Output;
using Banyan.Cli.Yaml;
using Banyan.Client;
using Banyan.Testing;

namespace Banyan.Cli.Tests.Commands;

public sealed class OutputTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void Services_show_how_many_instances_are_up()
    {
        var items = new[] { Service("pets", "team-pets"), Service("walks", "team-walks") };
        InstanceDescription[] instances = [Instance("pets", "pets-1", "up"), Instance("pets", "pets-2", "down"), Instance("other", "o-1", "up")];

        Assert.Equal(
            """
            NAME    UP    PROTOCOL   TIER   OWNER        AGE
            pets    1/2   http       -      team-pets    5m
            walks   0/0   http       -      team-walks   5m

            """,
            Text(ResourceLists.Table(new KindDescription("Service", "services", "domain", null), items, instances, false, false, _clock)));
    }

    [Fact]
    public void Wide_instances_show_process_ids_and_why()
    {
        var instance = Instance("pets", "pets-2", "down") with { Reason = "connect refused\n(3 of 3)", Metadata = new Dictionary<string, string> { ["pid"] = "4711" } };

        Assert.Equal(
            """
            SERVICE   ID       ADDRESS              STATE   SINCE   PID    ZONE   WEIGHT   VERSION   LEASE   REASON
            pets      pets-2   http://127.0.0.1:1   down    30s     4711   -      -        -         no      connect refused (3 of 3)

            """,
            Text(InstanceLists.Table([instance], false, true, _clock)));
    }

    [Fact]
    public void A_table_never_lets_control_characters_through()
    {
        var table = new TextTable("NAME");
        table.Add("\e[31mred\a");

        Assert.Equal("NAME\n [31mred\n", Text(table));
    }

    [Theory]
    [InlineData("true", "\"true\"")]
    [InlineData("12", "\"12\"")]
    [InlineData("", "\"\"")]
    [InlineData("1e3", "\"1e3\"")]
    [InlineData("plain text", "plain text")]
    [InlineData("yes", "yes")]
    public void Text_that_looks_like_something_else_is_quoted(string text, string written)
    {
        Assert.Equal($"v: {written}\n", YamlJson.ToYaml(new JsonObject { ["v"] = text }));
    }

    [Theory]
    [InlineData("""{"a":[1,-2.5,true,null,"x: y # z","- a","line\nbreak\n",{"b":{}},[]]}""")]
    [InlineData("""{"quote\"d":"'","unicode":"🐾 é","leading":" space"}""")]
    public void What_is_written_as_yaml_reads_back_the_same(string json)
    {
        var value = JsonNode.Parse(json);
        var faults = new YamlFaults("x");

        var read = YamlJson.FromYaml(Assert.Single(YamlText.Parse(YamlJson.ToYaml(value), faults)), faults);

        Assert.False(faults.Any);
        Assert.True(JsonNode.DeepEquals(value, read), read?.ToJsonString());
    }

    [Fact]
    public void A_diff_names_each_value_and_leaves_out_what_is_the_servers_own()
    {
        var before = JsonNode.Parse("""{"metadata":{"name":"a","revision":1,"labels":{"x":"1","y/z":"2"}},"spec":{"path":"/a","hosts":["h"]},"status":{"n":1}}""");
        var after = JsonNode.Parse("""{"metadata":{"name":"a","revision":2,"labels":{"x":"1"}},"spec":{"path":"/b","hosts":["h"],"timeout":"3s"},"status":{"n":2}}""");

        Assert.Equal(
            [('-', "/metadata/labels/y~1z: \"2\""), ('~', "/spec/path: \"/a\" → \"/b\""), ('+', "/spec/timeout: \"3s\"")],
            JsonDiff.Lines(before, after));
    }

    [Theory]
    [InlineData("500ms", 0.5)]
    [InlineData("30s", 30d)]
    [InlineData("2m", 120d)]
    [InlineData("7", 7d)]
    [InlineData("soon", null)]
    [InlineData("5 days", null)]
    public void Durations_are_a_number_and_a_unit(string written, double? seconds) => Assert.Equal(seconds, Ages.Duration(written)?.TotalSeconds);

    [Fact]
    public void A_secret_is_readable_by_its_owner_only()
    {
        using var directory = new TempDirectory();
        File.WriteAllText(directory["t"], "old");

        SecretFile.Write(directory["t"], "new");

        Assert.Equal("new\n", File.ReadAllText(directory["t"]));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(directory["t"]));
    }

    private static string Text(TextTable table)
    {
        var to = new StringWriter();
        table.Write(to);
        return to.ToString();
    }

    private JsonObject Service(string name, string owner) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = name, ["domain"] = "default", ["createdAt"] = (_clock.GetUtcNow() - TimeSpan.FromMinutes(5)).ToString("O") },
        ["spec"] = new JsonObject { ["protocol"] = "http", ["owner"] = owner },
    };

    private InstanceDescription Instance(string service, string id, string state) => new()
    {
        Domain = "default",
        Service = service,
        Id = id,
        Host = "127.0.0.1",
        Port = 1,
        State = state,
        Since = _clock.GetUtcNow() - TimeSpan.FromSeconds(30),
    };
}
