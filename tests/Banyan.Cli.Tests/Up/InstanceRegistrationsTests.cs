using System.Text.Json.Nodes;
using Banyan.Cli.Up;

namespace Banyan.Cli.Tests.Up;

public sealed class InstanceRegistrationsTests
{
    [Theory]
    [InlineData("""{"http":{"path":"/up"},"interval":"1s"}""", "1s", "500ms")]
    [InlineData("""{"http":{"path":"/up"}}""", "2s", "1000ms")]
    [InlineData("""{"tcp":{},"interval":"500ms","timeout":"100ms"}""", "500ms", "100ms")]
    public void A_check_without_a_timeout_gets_half_its_interval(string written, string interval, string timeout)
    {
        var check = InstanceRegistrations.Check((JsonObject)JsonNode.Parse(written)!);

        Assert.Equal((interval, timeout), (check.Interval, check.Timeout));
    }

    [Fact]
    public void No_check_written_means_a_connection_is_opened()
    {
        var check = InstanceRegistrations.Check(null);

        Assert.NotNull(check.Tcp);
        Assert.Null(check.Http);
    }
}
