using Banyan.Cli.Yaml;

namespace Banyan.Cli.Tests.Yaml;

/// <summary>Whatever a file holds, reading it gives nodes or faults with a place, and never anything else.</summary>
public sealed class YamlTextTests
{
    private const string Good = """
        apiVersion: banyan/v1
        kind: Service
        metadata: { name: cart, labels: { tier: gold } }
        spec: &spec
          owner: "team \u0041"
          uses: [ { service: a }, { service: 'b' } ]
          text: |
            one
            two
        ---
        other: *spec
        """;

    [Fact]
    public void Parse_flow_mapping_never_closed_is_a_fault_where_it_is()
    {
        var faults = new YamlFaults("f");

        Assert.Empty(YamlText.Parse("kind: Service\nmetadata: {name: x\nspec: {}\n", faults));

        var fault = Assert.Single(faults.All);
        Assert.Equal("syntax", fault.Code);
        Assert.InRange(fault.Line, 2, 3);
    }

    [Theory]
    [InlineData('[')]
    [InlineData('{')]
    public void Parse_nested_without_end_is_refused(char open)
    {
        var faults = new YamlFaults("f");

        Assert.Empty(YamlText.Parse(new string(open, 20_000), faults));

        Assert.Single(faults.All);
    }

    [Fact]
    public void Parse_nested_as_deep_as_allowed_is_read()
    {
        var faults = new YamlFaults("f");

        Assert.Single(YamlText.Parse(new string('[', YamlText.MaxDepth) + new string(']', YamlText.MaxDepth), faults));
        Assert.Empty(YamlText.Parse(new string('[', YamlText.MaxDepth + 1) + new string(']', YamlText.MaxDepth + 1), faults));
        Assert.Equal("too-deep", Assert.Single(faults.All).Code);
    }

    [Fact]
    public void Parse_altered_text_gives_nodes_or_faults()
    {
        var random = new Random(20261);
        const string Alphabet = "{}[]:,-&*!|>'\"%@`#\n\t \\ax0\u0001\ud800";
        for (var round = 0; round < 20_000; round++)
        {
            var text = new List<char>(Good);
            for (var edits = random.Next(1, 4); edits > 0; edits--)
            {
                var at = random.Next(text.Count);
                switch (random.Next(3))
                {
                    case 0: text.RemoveRange(at, Math.Min(text.Count - at - 1, random.Next(1, 30))); break;
                    case 1: text.Insert(at, Alphabet[random.Next(Alphabet.Length)]); break;
                    default: text[at] = Alphabet[random.Next(Alphabet.Length)]; break;
                }
            }

            var faults = new YamlFaults("f");
            foreach (var node in YamlText.Parse(new string([.. text]), faults))
            {
                YamlJson.FromYaml(node, faults);
            }

            Assert.All(faults.All, f => Assert.True(f.Line >= 1 && f.Column >= 1));
        }
    }
}
