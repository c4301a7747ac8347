using System.Xml.Linq;

namespace Banyan.Architecture.Tests;

/// <summary>What the rules need of a project file.</summary>
internal sealed record ProjectFile(string Path, IReadOnlyList<string> References)
{
    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    public bool IsModule => Path.StartsWith("src/Modules/", StringComparison.Ordinal);

    public static ProjectFile Parse(string path, XDocument project) => new(
        path,
        [.. project.Descendants("ProjectReference").Select(r => System.IO.Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/')))]);

    public static ProjectFile Of(string path, params string[] references) =>
        Parse(path, new XDocument(new XElement("Project", new XElement("ItemGroup", references.Select(r => new XElement("ProjectReference", new XAttribute("Include", $"../{r}/{r}.csproj")))))));
}
