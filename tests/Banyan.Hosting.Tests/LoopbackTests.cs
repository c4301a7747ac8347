using System.Net;
using Banyan.Hosting.Loopback;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Banyan.Hosting.Tests;

public sealed class LoopbackTests
{
    private static readonly ModuleContract Greet = ModuleContract.For<IGreeter>("greeter.greet", "greeter.address");

    private interface IGreeter
    {
        Task<string> GreetAsync();
    }

    [Fact]
    public async Task Contract_goes_through_the_wire_although_all_is_one_process()
    {
        await using var topology = await LoopbackTopology.StartAsync(Create, TimeSpan.FromMilliseconds(1), CancellationToken.None);

        var greeter = topology.Hosts["front"].Services.GetRequiredService<IGreeter>();

        Assert.IsType<RemoteGreeter>(greeter);
        Assert.Equal("hello over HTTP/2", await greeter.GreetAsync());
        Assert.Null(topology.Hosts["front"].Services.GetService<LocalGreeter>());
        Assert.IsType<LocalGreeter>(topology.Hosts["greeter"].Services.GetRequiredService<IGreeter>());
    }

    [Fact]
    public async Task Contract_without_a_remote_form_is_refused()
    {
        var error = await Assert.ThrowsAsync<HostStartException>(() => LoopbackTopology.StartAsync(
            () => Hosts.Builder([new TestModule("a") { Provides = [Greet] }, new TestModule("b") { Requires = [Greet] }]),
            TimeSpan.Zero,
            CancellationToken.None));

        Assert.Contains("cannot speak to it remotely", error.Message, StringComparison.Ordinal);
    }

    private static ModuleHostBuilder Create() =>
        Hosts.Builder(
            [
                new TestModule("front") { Requires = [Greet] },
                new TestModule("greeter")
                {
                    Provides = [Greet],
                    OnServices = m =>
                    {
                        m.Services.AddSingleton<LocalGreeter>();
                        m.Services.AddSingleton<IGreeter>(s => s.GetRequiredService<LocalGreeter>());
                    },
                    OnEndpoints = e => e.Grpc.MapGet("/greet", (RequestDelegate)(async c =>
                        await c.Response.WriteAsync($"{await e.Services.GetRequiredService<IGreeter>().GreetAsync()} over {c.Request.Protocol}"))),
                },
            ]).AddRemoteContract<IGreeter>(Greet, (_, address) => new RemoteGreeter(address));

    private sealed class LocalGreeter : IGreeter
    {
        public Task<string> GreetAsync() => Task.FromResult("hello");
    }

    private sealed class RemoteGreeter(Uri address) : IGreeter
    {
        public async Task<string> GreetAsync()
        {
            using var client = Hosts.Client();
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, "/greet")) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            return await (await client.SendAsync(request)).Content.ReadAsStringAsync();
        }
    }
}
