using Microsoft.Extensions.DependencyInjection;

namespace Banyan.Hosting.Tests;

/// <summary>A module made of what a test needs. It writes what happens to it into a journal that tests read.</summary>
internal sealed class TestModule(string name) : IModule
{
    public string Name => name;

    public string Summary => $"The module {name}.";

    public IReadOnlyList<ModuleContract> Provides { get; init; } = [];

    public IReadOnlyList<ModuleContract> Requires { get; init; } = [];

    public bool IsInAll { get; init; } = true;

    public Action<ModuleBuilder>? OnServices { get; init; }

    public Action<ModuleEndpoints>? OnEndpoints { get; init; }

    public Func<CancellationToken, Task>? OnStart { get; init; }

    public Func<CancellationToken, Task>? OnStop { get; init; }

    public Journal Journal { get; init; } = new();

    public static ModuleContract Contract(string contract) => ModuleContract.Named(contract, contract.Split('.')[0] + ".address");

    public void AddServices(ModuleBuilder module) => OnServices?.Invoke(module);

    public void MapEndpoints(ModuleEndpoints endpoints) => OnEndpoints?.Invoke(endpoints);

    public async Task StartAsync(IServiceProvider services, CancellationToken cancellation)
    {
        Journal.Add($"start {Name}");
        await (OnStart?.Invoke(cancellation) ?? Task.CompletedTask);
    }

    public async Task StopAsync(IServiceProvider services, CancellationToken cancellation)
    {
        Journal.Add($"stop {Name}");
        await (OnStop?.Invoke(cancellation) ?? Task.CompletedTask);
    }
}
