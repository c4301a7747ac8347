namespace Banyan.Hosting.Tests;

public sealed class ModuleGraphTests
{
    [Fact]
    public void Order_puts_providers_first_and_breaks_ties_by_name()
    {
        var graph = ModuleGraph.Create([Module("c", requires: ["z.x"]), Module("b"), Module("z", provides: ["z.x"]), Module("a", requires: ["z.x"])]);

        Assert.Equal(["b", "z", "a", "c"], graph.Modules.Select(m => m.Name));
    }

    [Fact]
    public void Order_does_not_depend_on_the_order_of_the_list()
    {
        IModule[] modules = [Module("c", requires: ["z.x"]), Module("b"), Module("z", provides: ["z.x"]), Module("a", requires: ["z.x"])];

        Assert.Equal(ModuleGraph.Create(modules).Modules, ModuleGraph.Create(modules.Reverse()).Modules);
    }

    [Fact]
    public void Cycle_is_refused_and_told_with_its_contracts()
    {
        var error = Assert.Throws<HostStartException>(() => ModuleGraph.Create(
            [Module("x"), Module("a", requires: ["b.one"], provides: ["a.one"]), Module("b", requires: ["c.one"], provides: ["b.one"]), Module("c", requires: ["a.one"], provides: ["c.one"])]));

        Assert.Equal(
            "The modules require each other in a circle: a requires 'b.one' of b, b requires 'c.one' of c, c requires 'a.one' of a. One of these contracts must go.",
            error.Message);
    }

    [Fact]
    public void Duplicate_name_is_refused()
    {
        var error = Assert.Throws<HostStartException>(() => ModuleGraph.Create([Module("a"), Module("a")]));

        Assert.Contains("Two modules are called 'a'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Contract_with_two_providers_is_refused()
    {
        var error = Assert.Throws<HostStartException>(() => ModuleGraph.Create([Module("a", provides: ["x.y"]), Module("b", provides: ["x.y"])]));

        Assert.Equal("The contract 'x.y' is provided by both 'a' and 'b'. Only one module may provide it.", error.Message);
    }

    [Theory]
    [InlineData("Registry")]
    [InlineData("all")]
    [InlineData("host")]
    [InlineData("")]
    [InlineData("a.b")]
    public void Name_that_cannot_be_a_target_is_refused(string name) =>
        Assert.Contains("is not a module name", Assert.Throws<HostStartException>(() => ModuleGraph.Create([Module(name)])).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("all", "a,b,c")]
    [InlineData("c,a", "a,c")]
    [InlineData(" b ,", "b")]
    [InlineData("b,all", "a,b,c")]
    public void Target_selects_modules_in_the_order_of_starting(string target, string expected) =>
        Assert.Equal(expected, string.Join(',', ModuleGraph.Create([Module("c"), Module("b"), Module("a")]).Select(target).Select(m => m.Name)));

    [Theory]
    [InlineData("all", "a")]
    [InlineData("all,b", "a,b")]
    [InlineData("b", "b")]
    public void Module_that_is_not_in_all_runs_only_by_its_name(string target, string expected) =>
        Assert.Equal(expected, string.Join(',', ModuleGraph.Create([Module("a"), new TestModule("b") { IsInAll = false }]).Select(target).Select(m => m.Name)));

    [Fact]
    public void Target_that_no_module_has_names_the_nearest()
    {
        var error = Assert.Throws<HostStartException>(() => ModuleGraph.Create([Module("registry"), Module("gateway")]).Select("regsitry"));

        Assert.Equal("There is no module 'regsitry'; did you mean 'registry'?", error.Message);
        Assert.Equal(Contracts.ExitCodes.Usage, error.ExitCode);
    }

    [Fact]
    public void Target_that_is_empty_is_refused() =>
        Assert.Contains("The target is empty", Assert.Throws<HostStartException>(() => ModuleGraph.Create([Module("a")]).Select(" , ")).Message, StringComparison.Ordinal);

    private static TestModule Module(string name, string[]? provides = null, string[]? requires = null) =>
        new(name) { Provides = [.. (provides ?? []).Select(TestModule.Contract)], Requires = [.. (requires ?? []).Select(TestModule.Contract)] };
}
