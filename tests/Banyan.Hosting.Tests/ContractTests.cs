using Banyan.Contracts;
using Microsoft.Extensions.DependencyInjection;

namespace Banyan.Hosting.Tests;

public sealed class ContractTests
{
    private static readonly ModuleContract Greet = ModuleContract.For<IGreeter>("greeter.greet", "greeter.address");

    private interface IGreeter
    {
        string Where { get; }
    }

    [Fact]
    public void Contract_that_is_nowhere_stops_the_start_and_names_module_contract_and_setting()
    {
        var error = Assert.Throws<HostStartException>(() => Builder(("host.target", "front")).Build());

        Assert.Equal(
            "Module 'front' requires the contract 'greeter.greet', which no module in this process provides: add 'greeter' to the target, or give the address of a process that does "
            + "with '--set greeter.address=http://HOST:PORT'.",
            error.Message);
        Assert.Equal(ExitCodes.InvalidInput, error.ExitCode);
    }

    [Fact]
    public async Task Contract_of_a_module_in_the_process_is_local_even_when_an_address_is_set()
    {
        await using var host = Builder(("greeter.address", "http://127.0.0.1:9")).Build();

        Assert.Equal("here", host.Services.GetRequiredService<IGreeter>().Where);
    }

    [Fact]
    public async Task Contract_with_an_address_is_the_remote_form()
    {
        await using var host = Builder(("host.target", "front"), ("greeter.address", "http://127.0.0.1:9")).Build();

        Assert.Equal("http://127.0.0.1:9/", host.Services.GetRequiredService<IGreeter>().Where);
    }

    [Theory]
    [InlineData("127.0.0.1:9")]
    [InlineData("ftp://127.0.0.1")]
    public void Address_that_is_none_is_refused_with_its_setting(string address)
    {
        var error = Assert.Throws<HostStartException>(() => Builder(("host.target", "front"), ("greeter.address", address)).Build());

        Assert.Equal("greeter.address (command line): the value must be an address such as http://127.0.0.1:7401.", error.Message);
    }

    [Fact]
    public void Contract_without_a_remote_form_says_to_run_both_modules_together()
    {
        var builder = Hosts.Builder([new TestModule("front") { Requires = [Greet] }], null, ("greeter.address", "http://127.0.0.1:9"));

        Assert.Contains("run both modules in one process", Assert.Throws<HostStartException>(builder.Build).Message, StringComparison.Ordinal);
    }

    private static ModuleHostBuilder Builder(params (string, string)[] settings) =>
        Hosts.Builder(
            [
                new TestModule("front") { Requires = [Greet] },
                new TestModule("greeter") { Provides = [Greet], OnServices = m => m.Services.AddSingleton<IGreeter>(new Greeter("here")) },
            ],
            null,
            settings).AddRemoteContract<IGreeter>(Greet, (_, address) => new Greeter(address.ToString()));

    private sealed record Greeter(string Where) : IGreeter;
}
