using Banyan.Contracts;
using Banyan.Hosting.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Banyan.Hosting;

/// <summary>Collects what one process is made of, checks it and builds the host.</summary>
public sealed class ModuleHostBuilder
{
    private readonly List<IModule> _modules = [];
    private readonly Dictionary<ModuleContract, RemoteContract> _remotes = [];
    private readonly List<Action<IServiceCollection>> _services = [];
    private readonly List<Action<IApplicationBuilder>> _pipeline = [];

    /// <summary>Every value users have set. Add sources with <see cref="SettingSources"/>.</summary>
    public SettingSet Settings { get; } = new();

    /// <summary>The clock of the whole process.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>Where lines of the log go; null = standard error.</summary>
    public Action<string>? Log { get; set; }

    /// <summary>True when the process keeps something in <c>host.data</c>: the directory is created and tried before anything starts.</summary>
    public bool NeedsDataDirectory { get; set; }

    /// <summary>The exit code for what a module's start threw, where the program knows better than <see cref="ExitCodes.ModuleFailed"/>; null otherwise.</summary>
    public Func<Exception, int?>? ExitCodeFor { get; set; }

    /// <summary>Adds modules of the program; the target decides which of them run in this process.</summary>
    public ModuleHostBuilder AddModules(params IEnumerable<IModule> modules)
    {
        _modules.AddRange(modules);
        return this;
    }

    /// <summary>Says how to reach a contract whose module is in another process.</summary>
    public ModuleHostBuilder AddRemoteContract<T>(ModuleContract contract, Func<IServiceProvider, Uri, T> connect)
        where T : class
    {
        _remotes[contract] = new(contract, (services, address) => services.AddSingleton(provider => connect(provider, address)));
        return this;
    }

    /// <summary>Adds services that all modules see, whatever the target.</summary>
    public ModuleHostBuilder ConfigureServices(Action<IServiceCollection> configure)
    {
        _services.Add(configure);
        return this;
    }

    /// <summary>Adds middleware between routing and endpoints, on both ports: authentication, errors to problem details.</summary>
    public ModuleHostBuilder ConfigurePipeline(Action<IApplicationBuilder> configure)
    {
        _pipeline.Add(configure);
        return this;
    }

    /// <summary>Every option of every module as it would be in force.</summary>
    /// <exception cref="HostStartException">Settings are wrong; all faults in one message.</exception>
    public IReadOnlyList<PrintedSetting> ReadSettings() => [.. Assemble().Sections.SelectMany(s => s.Print(Settings))];

    /// <summary>Checks modules, target, settings and contracts, and builds the host. Nothing starts yet.</summary>
    /// <exception cref="HostStartException">Something does not fit; the message says what to do.</exception>
    public ModuleHost Build()
    {
        var parts = Assemble();
        foreach (var (remote, address) in ConnectContracts(parts))
        {
            remote.Register(parts.Services, address);
        }

        var runtimes = parts.Selected.Select(s => new ModuleRuntime(s.Module, s.Builder, Clock)).ToList();
        return new ModuleHost(parts.Host, runtimes, parts.Services, _pipeline, Clock, Log)
        {
            NeedsDataDirectory = NeedsDataDirectory || Settings.Find("host.data") is not null,
            ExitCodeFor = ExitCodeFor ?? (_ => null),
        };
    }

    internal ModuleGraph Order() => ModuleGraph.Create(_modules);

    private Parts Assemble()
    {
        var graph = Order();
        var hostSection = new OptionSection("host");
        var host = hostSection.Bind<HostOptions>(Settings, Validate, check: true);
        if (hostSection.Faults.Count > 0)
        {
            throw Wrong(hostSection.Faults);
        }

        // One collection for the process, clock and options first, so that a module's 'add unless it is there' leaves them alone.
        IServiceCollection services = new ServiceCollection();
        services.AddSingleton(Clock);
        services.AddSingleton(host);
        foreach (var configure in _services)
        {
            configure(services);
        }

        var selected = graph.Select(host.Target);
        var builders = new List<(IModule Module, ModuleBuilder Builder)>();
        foreach (var module in graph.Modules)
        {
            var here = selected.Contains(module);
            var builder = new ModuleBuilder(module.Name, Settings, host, here ? services : new ServiceCollection(), here);
            module.AddServices(builder);
            builders.Add((module, builder));
        }

        List<OptionSection> sections = [hostSection, .. builders.Select(b => b.Builder.Section)];
        foreach (var contract in graph.Modules.SelectMany(m => m.Provides.Concat(m.Requires)).Distinct())
        {
            var name = contract.AddressSetting.Split('.')[0];
            var section = sections.Find(s => s.Name == name);
            if (section is null)
            {
                sections.Add(section = new OptionSection(name));
            }

            section.Know(contract.AddressSetting);
        }

        var faults = sections.SelectMany(s => s.Faults.Concat(s.Unknown(Settings))).Concat(UnknownSections(sections)).ToList();
        return faults.Count > 0 ? throw Wrong(faults) : new(graph, host, [.. builders.Where(b => selected.Contains(b.Module))], sections, services);
    }

    private static void Validate(HostOptions options, OptionFaults faults)
    {
        foreach (var (name, address) in new[] { ("http", options.Http), ("grpc", options.Grpc) })
        {
            if (address.UnixPath is not null)
            {
                faults.Add(name, "must be HOST:PORT; only a gateway or a sidecar listens on Unix sockets");
            }
        }

        if (options.Http.Port != 0 && options.Http.Port == options.Grpc.Port && options.Http.Host == options.Grpc.Host)
        {
            faults.Add("grpc", $"must differ from host.http, which is {options.Http} too");
        }

        if (string.IsNullOrWhiteSpace(options.Data))
        {
            faults.Add("data", "must name a directory");
        }

        if (options.StartDeadline <= TimeSpan.Zero)
        {
            faults.Add("startDeadline", "must be longer than zero");
        }

        if (options.StopDeadline <= TimeSpan.Zero)
        {
            faults.Add("stopDeadline", "must be longer than zero");
        }
    }

    private IEnumerable<string> UnknownSections(List<OptionSection> sections)
    {
        var known = sections.Select(s => s.Name).ToList();
        var normal = known.Select(SettingSet.Normalise).ToHashSet(StringComparer.Ordinal);
        foreach (var setting in Settings.All)
        {
            var section = setting.Key.Split('.')[0];
            if (!normal.Contains(SettingSet.Normalise(section)))
            {
                yield return $"{setting.Key} ({setting.Origin}): unknown section '{section}'{Nearest.Suggest(section, known)}";
            }
        }
    }

    /// <summary>Finds an address for each contract that is required here and provided elsewhere.</summary>
    private List<(RemoteContract Remote, Uri Address)> ConnectContracts(Parts parts)
    {
        var connections = new List<(RemoteContract, Uri)>();
        var faults = new List<string>();
        var provided = parts.Selected.SelectMany(s => s.Module.Provides).ToHashSet();
        foreach (var group in parts.Selected.SelectMany(s => s.Module.Requires.Select(c => (s.Module.Name, Contract: c))).GroupBy(r => r.Contract, r => r.Name))
        {
            var contract = group.Key;
            if (provided.Contains(contract))
            {
                continue;
            }

            var who = $"Module '{group.First()}' requires the contract '{contract}'";
            var setting = Settings.Find(contract.AddressSetting);
            if (setting is null)
            {
                var here = parts.Graph.ProviderOf(contract) is { } provider ? $"add '{provider.Name}' to the target, or " : string.Empty;
                faults.Add($"{who}, which no module in this process provides: {here}give the address of a process that does with '--set {contract.AddressSetting}=http://HOST:PORT'.");
            }
            else if (!OptionText.TryParse(typeof(Uri), setting.Value, out var address) || address is not Uri { Scheme: "http" or "https" } uri)
            {
                faults.Add($"{contract.AddressSetting} ({setting.Origin}): the value must be an address such as http://127.0.0.1:7401.");
            }
            else if (!_remotes.TryGetValue(contract, out var remote))
            {
                faults.Add($"{who} of another process, but this program cannot speak to it remotely: run both modules in one process.");
            }
            else
            {
                connections.Add((remote, uri));
            }
        }

        return faults.Count == 0 ? connections : throw new HostStartException(HostErrors.MissingContract, ExitCodes.InvalidInput, string.Join('\n', faults));
    }

    private static HostStartException Wrong(IReadOnlyList<string> faults) =>
        new(HostErrors.BadSettings, ExitCodes.InvalidInput, faults.Count == 1 ? $"A setting is wrong: {faults[0]}" : $"{faults.Count} settings are wrong:\n  {string.Join("\n  ", faults)}")
        {
            Faults = [.. faults.Select(f => new Fault(string.Empty, f, "setting"))],
        };

    private sealed record Parts(ModuleGraph Graph, HostOptions Host, IReadOnlyList<(IModule Module, ModuleBuilder Builder)> Selected, IReadOnlyList<OptionSection> Sections, IServiceCollection Services);
}
