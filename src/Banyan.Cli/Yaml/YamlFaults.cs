using YamlDotNet.Core;

namespace Banyan.Cli.Yaml;

/// <summary>Collects everything that is wrong with one file, so that all of it is told at once.</summary>
internal sealed class YamlFaults(string file)
{
    private readonly List<DocumentFault> _faults = [];

    public string File => file;

    public bool Any => _faults.Count > 0;

    /// <summary>The faults in the order of the file.</summary>
    public IReadOnlyList<DocumentFault> All => _faults.OrderBy(f => f.Line).ThenBy(f => f.Column).ToArray();

    public void Add(Mark place, string message, string code) => _faults.Add(new DocumentFault(file, place.Line, place.Column, message, code));
}
