using Banyan.Gateway.Tests.Support;
using Banyan.Hosting;

namespace Banyan.Gateway.Tests.Sidecars;

public sealed class SidecarOptionsTests
{
    [Theory]
    [InlineData("sidecar.service", "Pets", "'Pets' is not a service; write SERVICE or SERVICE.DOMAIN")]
    [InlineData("sidecar.service", "pets.shop.eu", "'pets.shop.eu' is not a service")]
    [InlineData("sidecar.ports", "pets", "'pets' is not PORT=SERVICE; write for example 9001=pets")]
    [InlineData("sidecar.ports", "9001=", "'9001=' is not PORT=SERVICE")]
    [InlineData("sidecar.ports", "x=pets", "'x=pets' is not PORT=SERVICE")]
    [InlineData("sidecar.outbound", "unix:relative", "each element of the list must be an address to listen on")]
    [InlineData("sidecar.inbound", "*:8081", "sidecar.advertise (default): callers cannot connect to *:8081")]
    [InlineData("sidecar.inbound", "unix:/tmp/in", "sidecar.advertise (default): callers cannot connect to unix:/tmp/in")]
    [InlineData("sidecar.inbound", "127.0.0.1:5000", "sidecar.app (default): it must be where the program itself listens")]
    [InlineData("sidecar.server", "ftp://x", "sidecar.server")]
    [InlineData("sidecar.ttl", "100ms", "the time must be between 1s and 1h")]
    [InlineData("sidecar.connectTimeout", "0s", "the time must be above zero")]
    public async Task Setting_that_cannot_work_is_refused_with_what_to_write(string name, string value, string expected) =>
        Assert.Contains(expected, (await Assert.ThrowsAsync<HostStartException>(() => RunningSidecar.StartAsync(new GivenRegistry(), (name, value)))).Message);

    [Fact]
    public async Task Inbound_without_a_service_is_refused()
    {
        var e = await Assert.ThrowsAsync<HostStartException>(() => RunningSidecar.StartAsync(new GivenRegistry(), ("sidecar.service", ""), ("sidecar.inbound", "127.0.0.1:0")));
        Assert.Contains("sidecar.service", e.Message);
    }

    [Theory]
    [InlineData("pets", "default", "pets")]
    [InlineData("pets.shop", "shop", "pets")]
    public void Service_may_name_its_domain(string text, string domain, string service)
    {
        var own = new SidecarOptions { Service = text }.Own;
        Assert.Equal((domain, service), (own.Domain, own.Service));
    }
}
