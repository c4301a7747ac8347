using System.Reflection;
using Banyan.Cli.Platform;
using Banyan.Contracts;
using Banyan.Hosting;

namespace Banyan.Platform;

/// <summary>Gives the commands what only the executable has. Making it loads nothing: most commands never start a server.</summary>
internal sealed class BanyanPlatform : ICliPlatform
{
    private static readonly TimeSpan PatienceForReady = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ReadyStep = TimeSpan.FromMilliseconds(20);

    public string Version { get; } = typeof(BanyanPlatform).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";

    public IReadOnlyList<PlatformTarget> Targets =>
        [.. ModuleGraph.Create(ModuleCatalog.Create()).Modules.Select(m => new PlatformTarget(m.Name, m.Summary, [.. m.Provides.Select(c => c.Name)], [.. m.Requires.Select(c => c.Name)]))];

    public IReadOnlyList<PlatformBench> Benches => BenchCatalog.Benches;

    public IReadOnlyList<PlatformSetting> ReadSettings(PlatformSettings settings) =>
        [.. PlatformHost.CreateBuilder(settings).ReadSettings().Select(s => new PlatformSetting(s.Key, s.Value, s.Default, s.Source.ToString().ToLowerInvariant()))];

    public async Task<int> RunServerAsync(PlatformSettings settings, CancellationToken cancellation)
    {
        ModuleHost host;
        try
        {
            host = PlatformHost.CreateBuilder(settings).Build();
        }
        catch (HostStartException e)
        {
            (settings.Log ?? System.Console.Error.WriteLine)($"banyan: {e.Message}");
            return e.ExitCode;
        }

        return await host.RunAsync(cancellation);
    }

    public async Task<IRunningPlatform> StartAsync(PlatformSettings settings, CancellationToken cancellation)
    {
        var builder = PlatformHost.CreateBuilder(settings);
        var host = builder.Build();
        try
        {
            await host.StartAsync(cancellation);
            await ReadyAsync(host, cancellation);
            return new RunningPlatform(host, builder.ReadSettings());
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    public Task<StoreOutcome> RunStoreAsync(StoreRequest request, IProgress<string> progress, CancellationToken cancellation) =>
        StoreOperations.RunAsync(request, progress, cancellation);

    public Task<int> RunBenchAsync(BenchRequest request, TextWriter output, IProgress<string> progress, CancellationToken cancellation) =>
        BenchCatalog.RunAsync(request, output, progress, cancellation);

    // Modules that run have yet to read what they know, and refuse who comes before. One that cannot become ready says why in the log; the others are of use all the same.
    private static async Task ReadyAsync(ModuleHost host, CancellationToken cancellation)
    {
        var clock = TimeProvider.System;
        var start = clock.GetTimestamp();
        while (host.NotReadyBecause is not null && !host.Completion.IsCompleted && clock.GetElapsedTime(start) < PatienceForReady)
        {
            await Task.Delay(ReadyStep, clock, cancellation);
        }
    }
}
