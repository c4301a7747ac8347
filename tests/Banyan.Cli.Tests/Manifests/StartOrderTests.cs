using Banyan.Cli.Manifests;

namespace Banyan.Cli.Tests.Manifests;

public sealed class StartOrderTests
{
    [Fact]
    public void Used_services_start_first()
    {
        var (order, notes) = StartOrder.Of([Service("a", "b", "c"), Service("b", "c"), Service("c")]);

        Assert.Equal(["c", "b", "a"], order.Select(m => m.Service));
        Assert.Empty(notes);
    }

    [Fact]
    public void A_cycle_is_cut_and_told()
    {
        var (order, notes) = StartOrder.Of([Service("a", "b"), Service("b", "a"), Service("c", "a")]);

        Assert.Equal(["b", "a", "c"], order.Select(m => m.Service));
        Assert.StartsWith("a → b → a is a cycle", Assert.Single(notes));
    }

    [Fact]
    public void A_service_nobody_describes_is_told_and_does_not_stop_the_others()
    {
        var (order, notes) = StartOrder.Of([Service("a", "ghost")]);

        Assert.Single(order);
        Assert.Contains("ghost", Assert.Single(notes));
    }

    private static ServiceManifest Service(string name, params string[] uses) => new()
    {
        File = $"/{name}/banyan.yaml",
        Directory = $"/{name}",
        Service = name,
        Uses = uses.Select(u => new ServiceReference("default", u)).ToArray(),
    };
}
