using System.Text.RegularExpressions;
using Banyan.Contracts;
using Banyan.Hosting.Settings;

namespace Banyan.Hosting;

/// <summary>All modules of a program in the order in which one process starts them: whoever requires after whoever provides, ties by name.</summary>
public sealed partial class ModuleGraph
{
    private readonly Dictionary<ModuleContract, IModule> _providers;

    private ModuleGraph(IReadOnlyList<IModule> modules, Dictionary<ModuleContract, IModule> providers) => (Modules, _providers) = (modules, providers);

    /// <summary>The modules in the order of starting.</summary>
    public IReadOnlyList<IModule> Modules { get; }

    /// <summary>Orders modules.</summary>
    /// <exception cref="HostStartException">A bad or duplicate name, two providers of one contract, or a cycle.</exception>
    public static ModuleGraph Create(IEnumerable<IModule> modules)
    {
        var byName = new SortedDictionary<string, IModule>(StringComparer.Ordinal);
        var providers = new Dictionary<ModuleContract, IModule>();
        foreach (var module in modules)
        {
            if (!NamePattern().IsMatch(module.Name) || module.Name is "all" or "host")
            {
                throw Bad($"'{module.Name}' is not a module name: lower-case letters, digits and '-', starting with a letter, and neither 'all' nor 'host'.");
            }

            if (!byName.TryAdd(module.Name, module))
            {
                throw Bad($"Two modules are called '{module.Name}': {byName[module.Name].GetType().FullName} and {module.GetType().FullName}. Rename one.");
            }

            foreach (var contract in module.Provides)
            {
                if (!providers.TryAdd(contract, module))
                {
                    throw Bad($"The contract '{contract}' is provided by both '{providers[contract].Name}' and '{module.Name}'. Only one module may provide it.");
                }
            }
        }

        return new(Order(byName, providers), providers);
    }

    /// <summary>The module of this program that provides a contract; null when none does.</summary>
    public IModule? ProviderOf(ModuleContract contract) => _providers.GetValueOrDefault(contract);

    /// <summary>The modules a target names, in the order of starting.</summary>
    /// <param name="target"><c>all</c> or a comma list of module names.</param>
    /// <exception cref="HostStartException">A name that no module has.</exception>
    public IReadOnlyList<IModule> Select(string target)
    {
        var names = target.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (names.Length == 0)
        {
            throw new HostStartException(HostErrors.UnknownTarget, ExitCodes.Usage, "The target is empty. Give 'all' or a comma list of modules; 'banyan targets' lists them.");
        }

        foreach (var name in names)
        {
            if (name != "all" && Modules.All(m => m.Name != name))
            {
                throw new HostStartException(
                    HostErrors.UnknownTarget,
                    ExitCodes.Usage,
                    $"There is no module '{name}'{Nearest.Suggest(name, Modules.Select(m => m.Name).Append("all"))}");
            }
        }

        return [.. Modules.Where(m => names.Contains(m.Name) || (m.IsInAll && names.Contains("all")))];
    }

    private static List<IModule> Order(SortedDictionary<string, IModule> byName, Dictionary<ModuleContract, IModule> providers)
    {
        var ordered = new List<IModule>();
        var left = byName.Values.ToList();
        while (left.Count > 0)
        {
            // Few modules: the first by name whose providers are all placed is found by looking, which also breaks ties by name.
            var next = left.FirstOrDefault(m => m.Requires.All(c => !providers.TryGetValue(c, out var p) || p == m || ordered.Contains(p)));
            if (next is null)
            {
                throw Bad($"The modules require each other in a circle: {Cycle(left, providers)}. One of these contracts must go.");
            }

            ordered.Add(next);
            left.Remove(next);
        }

        return ordered;
    }

    private static string Cycle(List<IModule> left, Dictionary<ModuleContract, IModule> providers)
    {
        var path = new List<(IModule Module, ModuleContract Contract)>();
        var at = left[0];
        while (path.All(p => p.Module != at))
        {
            // Each module that is left waits for another one that is left; following that must come back to where it was.
            var contract = at.Requires.First(c => providers.TryGetValue(c, out var p) && p != at && left.Contains(p));
            path.Add((at, contract));
            at = providers[contract];
        }

        var circle = path[path.FindIndex(p => p.Module == at)..];
        return string.Join(", ", circle.Select(p => $"{p.Module.Name} requires '{p.Contract}' of {providers[p.Contract].Name}"));
    }

    private static HostStartException Bad(string message) => new(HostErrors.BadModules, ExitCodes.Failure, message);

    [GeneratedRegex("^[a-z][a-z0-9-]{0,39}$")]
    private static partial Regex NamePattern();
}
