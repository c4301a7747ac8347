using Banyan.Testing;

namespace Banyan.Functional.Tests.Platform;

/// <summary>One all-in-one server for the tests of a class; each test uses names of its own.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    private readonly TempDirectory _data = new();

    internal BanyanServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await BanyanServer.StartAsync(_data["data"]);

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        _data.Dispose();
    }
}
