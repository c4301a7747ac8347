using Microsoft.Extensions.DependencyInjection;

namespace Banyan.Hosting.TestHost;

/// <summary>A module that does wrong in the way its option names.</summary>
internal sealed class MisbehavingModule : IModule
{
    public enum Fault
    {
        None,
        Start,
        Worker,
        Stop,
    }

    public string Name => "misbehaving";

    public string Summary => "does wrong";

    public void AddServices(ModuleBuilder module)
    {
        module.AddOptions<Options>();
        module.AddWorker<FailingWorker>();
    }

    public Task StartAsync(IServiceProvider services, CancellationToken cancellation) =>
        services.GetRequiredService<Options>().How == Fault.Start ? throw new InvalidOperationException("refused to start") : Task.CompletedTask;

    public async Task StopAsync(IServiceProvider services, CancellationToken cancellation)
    {
        if (services.GetRequiredService<Options>().How == Fault.Stop)
        {
            System.Console.Error.WriteLine("misbehaving will not stop");
            await new TaskCompletionSource().Task;
        }
    }

    public sealed class Options
    {
        public Fault How { get; init; }
    }

    private sealed class FailingWorker(Options options, TimeProvider clock) : ModuleWorker
    {
        public override string Name => "failing";

        public override WorkerRestarts Restarts => WorkerRestarts.None;

        protected override Task RunAsync(CancellationToken cancellation) =>
            options.How == Fault.Worker ? throw new InvalidOperationException("lost its way") : Task.Delay(Timeout.InfiniteTimeSpan, clock, cancellation);
    }
}
