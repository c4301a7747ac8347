namespace Banyan.Hosting;

/// <summary>
/// One part of a program that can run beside the others in one process or alone in its own. A module says what it provides and what it requires; the host
/// derives the order of starting from that. A module cannot ask which other modules are in its process.
/// </summary>
public interface IModule
{
    /// <summary>Lower-case name: target name and settings section, for example <c>registry</c>.</summary>
    string Name { get; }

    /// <summary>One line for the list of targets.</summary>
    string Summary { get; }

    /// <summary>Contracts this module implements; <see cref="AddServices"/> registers them.</summary>
    IReadOnlyList<ModuleContract> Provides => [];

    /// <summary>Contracts this module takes from its services, whoever implements them.</summary>
    IReadOnlyList<ModuleContract> Requires => [];

    /// <summary>False: the target <c>all</c> leaves it out, and it runs only where a target names it. Default true.</summary>
    bool IsInAll => true;

    /// <summary>
    /// Registers services, options, workers and readiness checks. Has no effect outside the builder: it is also called for modules that are not in this
    /// process, to learn their settings.
    /// </summary>
    void AddServices(ModuleBuilder module);

    /// <summary>Maps endpoints. They answer 503 until the module runs.</summary>
    void MapEndpoints(ModuleEndpoints endpoints)
    {
    }

    /// <summary>Called once, after all required modules of this process run. The module runs when it returns; its workers start then.</summary>
    Task StartAsync(IServiceProvider services, CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>Called once, after its workers have ended and before the modules it requires stop.</summary>
    Task StopAsync(IServiceProvider services, CancellationToken cancellation) => Task.CompletedTask;
}
