using Banyan.Hosting.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Banyan.Hosting;

/// <summary>What a module registers with its host.</summary>
public sealed class ModuleBuilder
{
    private readonly SettingSet _settings;
    private readonly bool _selected;

    internal ModuleBuilder(string name, SettingSet settings, HostOptions host, IServiceCollection services, bool selected)
    {
        Name = name;
        Services = services;
        Host = host;
        _settings = settings;
        _selected = selected;
        Section = new OptionSection(name);
    }

    /// <summary>The module's name.</summary>
    public string Name { get; }

    /// <summary>Settings of the whole process: addresses, data directory, deadlines.</summary>
    public HostOptions Host { get; }

    /// <summary>Services of the process. One collection for all modules of it.</summary>
    public IServiceCollection Services { get; }

    /// <summary>The module's section as plain configuration, for code that wants it; options are the checked way.</summary>
    public IConfiguration Configuration => field ??= _settings.ToConfiguration(Name);

    internal OptionSection Section { get; }

    internal List<Type> Workers { get; } = [];

    internal List<ReadinessCheck> Readiness { get; } = [];

    /// <summary>
    /// Binds the module's section to an options object, strictly: an unknown key or a wrong type stops the start, with all other faults, naming the key, who
    /// set it and the nearest known key. The object is in the services as <typeparamref name="TOptions"/>, and returned for registrations that depend on it.
    /// </summary>
    public TOptions AddOptions<TOptions>(Action<TOptions, OptionFaults>? validate = null)
        where TOptions : class, new()
    {
        var options = Section.Bind(_settings, validate, _selected);
        Services.AddSingleton(options);
        return options;
    }

    /// <summary>Adds a loop that runs while the module runs.</summary>
    public void AddWorker<TWorker>()
        where TWorker : ModuleWorker
    {
        Services.TryAddSingleton<TWorker>();
        Workers.Add(typeof(TWorker));
    }

    /// <summary>Adds a check of readiness: the reason why the module should get no work now, or null. It must be quick and must not block.</summary>
    public void AddReadiness(string name, Func<IServiceProvider, string?> notReadyBecause) => Readiness.Add(new(name, notReadyBecause));

    internal sealed record ReadinessCheck(string Name, Func<IServiceProvider, string?> NotReadyBecause);
}
