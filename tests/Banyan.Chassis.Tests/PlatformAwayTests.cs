using Banyan.Contracts.Registry.V1;
using Banyan.Registry.Instances;
using Banyan.Registry.Storage;
using Banyan.Registry.Tests;
using Banyan.Store;
using Banyan.Testing;

namespace Banyan.Chassis.Tests;

public class PlatformAwayTests
{
    [Fact]
    public async Task Calls_go_on_while_banyan_is_away_and_nothing_needs_to_register_when_it_returns()
    {
        await using var store = RegistryHost.NewStore();
        var ports = Ports();
        var platform = await RegistryHost.StartAsync(store, ports);
        await using var pets = await ChassisService.StartAsync(platform, "pets", "pets-1");
        await using var walks = await ChassisService.StartAsync(platform, "walks", "walks-1");
        await platform.WaitForAsync("pets-1", InstanceState.Up);
        await platform.WaitForAsync("walks-1", InstanceState.Up, "walks");
        Assert.Equal("pets-1", await walks.Client.GetStringAsync("http://pets/who"));
        var key = RegistrationStore.KeyOf(new InstanceName("default", "pets", "pets-1"));
        await Eventually.True(
            async () =>
            {
                var found = await store.RangeAsync(new RangeQuery(KeyRange.Single(key)), CancellationToken.None);
                return StoredRegistration.Parser.ParseFrom(found.Entries[0].Value.Span).LastState == InstanceState.Up;
            },
            "the store knows that pets-1 is up");
        var registeredAt = (await platform.FindAsync("pets-1"))!.RegisteredAt;

        await platform.DisposeAsync();
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal("pets-1", await walks.Client.GetStringAsync("http://pets/who"));
        }

        await using var again = await RegistryHost.StartAsync(store, ports);

        // From its first answer on the restarted platform shows the instance as up, and its heartbeats are known.
        Assert.Equal(InstanceState.Up, (await again.FindAsync("pets-1"))!.State);
        await again.WaitForAsync("pets-1", InstanceState.Up);
        Assert.Equal(registeredAt, (await again.FindAsync("pets-1"))!.RegisteredAt);

        // And changes reach the caller again.
        await using var two = await ChassisService.StartAsync(again, "pets", "pets-2");
        await Eventually.True(async () => await walks.Client.GetStringAsync("http://pets/who") == "pets-2", "the caller hears of a new instance");
    }

    [Fact]
    public async Task Platform_that_returns_without_its_data_gets_the_instances_again()
    {
        var ports = Ports();
        var platform = await RegistryHost.StartAsync(RegistryHost.NewStore(), ports);
        await using var pets = await ChassisService.StartAsync(platform.GrpcUrl, null, "pets", "pets-1", configure: o => o.TokenFile = TokenFile(platform.Token, o.TokenFile));
        await platform.WaitForAsync("pets-1", InstanceState.Up);
        var options = Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions.GetRequiredService<ChassisOptions>(pets.Services);
        await platform.DisposeAsync();

        await using var fresh = await RegistryHost.StartAsync(RegistryHost.NewStore(), ports);
        TokenFile(fresh.Token, options.TokenFile);

        await fresh.WaitForAsync("pets-1", InstanceState.Up);
    }

    [Fact]
    public async Task Program_that_starts_while_banyan_is_away_calls_the_last_known_instances()
    {
        using var cache = new TempDirectory();
        await using var store = RegistryHost.NewStore();
        var platform = await RegistryHost.StartAsync(store);
        var grpc = platform.GrpcUrl;
        await using var pets = await ChassisService.StartAsync(platform, "pets", "pets-1");
        await platform.WaitForAsync("pets-1", InstanceState.Up);
        await using (var before = await ChassisService.StartAsync(platform, "walks", "walks-1", cache.Path))
        {
            Assert.Equal("pets-1", await before.Client.GetStringAsync("http://pets/who"));

            // Kept after the first call has been let go, by way of another name.
            await Eventually.True(() => Directory.GetFiles(cache.Path).Select(Path.GetFileName).SequenceEqual(["default.pets.instances"]), "what is known is kept");
        }

        await platform.DisposeAsync();

        await using var walks = await ChassisService.StartAsync(grpc, "bny_s_none", "walks", "walks-2", cache.Path);

        Assert.Equal("pets-1", await walks.Client.GetStringAsync("http://pets/who"));
    }

    [Fact]
    public async Task Program_without_a_copy_says_that_banyan_is_away()
    {
        var nowhere = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        await using var walks = await ChassisService.StartAsync(nowhere, null, "walks", "walks-1");

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => walks.Client.GetStringAsync("http://no-such-service/who"));

        Assert.StartsWith("Banyan is away", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not what was written there")]
    public async Task Damaged_copy_is_as_good_as_none(string content)
    {
        using var cache = new TempDirectory();
        await File.WriteAllTextAsync(cache["default.no-such-service.instances"], content);
        var nowhere = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        await using var walks = await ChassisService.StartAsync(nowhere, null, "walks", "walks-1", cache.Path);

        await Assert.ThrowsAsync<HttpRequestException>(() => walks.Client.GetStringAsync("http://no-such-service/who"));
    }

    private static Dictionary<string, string> Ports() => new()
    {
        ["host.http"] = $"127.0.0.1:{FreePort.Next()}",
        ["host.grpc"] = $"127.0.0.1:{FreePort.Next()}",
    };

    private static string TokenFile(string token, string? path)
    {
        // Replaced whole: who reads it meanwhile sees one token or the other.
        path ??= Path.GetTempFileName();
        var next = path + ".new";
        File.WriteAllText(next, token);
        File.Move(next, path, overwrite: true);
        return path;
    }
}
