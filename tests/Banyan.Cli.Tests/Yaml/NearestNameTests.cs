using Banyan.Cli.Yaml;
using Banyan.Contracts.Text;

namespace Banyan.Cli.Tests.Yaml;

public sealed class NearestNameTests
{
    [Theory]
    [InlineData("serivce", "service")]
    [InlineData("Routes", "routes")]
    [InlineData("intances", "instances")]
    [InlineData("xyz", null)]
    [InlineData("kubernetes", null)]
    public void Only_a_close_name_is_suggested(string written, string? expected) =>
        Assert.Equal(expected, NearestName.Of(written, ["service", "routes", "instances", "dev", "uses"]));

    [Fact]
    public void Two_letters_that_changed_places_are_one_edit() => Assert.Equal(1, NearestName.Distance("listne", "listen"));
}
