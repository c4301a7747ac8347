namespace Banyan.Hosting.TestHost;

/// <summary>A module that does as it should.</summary>
internal sealed class QuietModule : IModule
{
    public string Name => "quiet";

    public string Summary => "does as it should";

    public void AddServices(ModuleBuilder module)
    {
    }

    public Task StopAsync(IServiceProvider services, CancellationToken cancellation)
    {
        System.Console.Error.WriteLine("quiet has stopped");
        return Task.CompletedTask;
    }
}
