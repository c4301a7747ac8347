using System.Text.RegularExpressions;
using Banyan.Cli.Yaml;
using YamlDotNet.Core;

namespace Banyan.Cli.Manifests;

/// <summary>The rule for names in <c>banyan.yaml</c>: they become host names with suffixes, hence at most 40 letters.</summary>
internal static partial class ManifestNames
{
    public const int MaxLength = 40;

    /// <summary>The name when it is one; a fault and null when not; null when there is none.</summary>
    public static string? Check(string? name, Mark place, string field, YamlFaults faults)
    {
        if (name is null)
        {
            return null;
        }

        if (name.Length > MaxLength)
        {
            faults.Add(place, $"'{field}' is {name.Length} letters long; at most {MaxLength} are allowed.", "bad-name");
            return null;
        }

        if (!Pattern().IsMatch(name))
        {
            faults.Add(place, $"'{field}' is '{name}'; a name has lower-case letters, digits and '-', begins with a letter and ends with a letter or digit.", "bad-name");
            return null;
        }

        return name;
    }

    [GeneratedRegex("^[a-z]([a-z0-9-]*[a-z0-9])?$", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
